"""What comes back?

listener   takes an email at our door        inbound    its bytes, kept first; then its life
triage     what is it?                       matching   which message of ours does it answer, and who wrote?
sorting    what follows from both            failures   what a bounce or a complaint changes
"""
