"""Whom do we write to, and who answers?

staff         representatives, marketers, administrators   hours, face    when they are here, how they look
customer      one human, one address, their person         consent        who agreed to what, when, by which words
suppression   never write here, and why                    hold           a person is talking with them
sign_in       who is signed in                             intake         customers from a CSV file
"""
