"""What does it look like when it runs? A shop with real baskets, customers who answer, and a mailbox to look into.

shop       fills an empty house: published household purchases, made-up names and addresses
mailbox    the customers' mail server: keeps what was delivered, and is the one that counts it
customers  a few of them answer by themselves, as people and mail programs do
story      plays a day of the shop in a minute, and adds up what happened
pages      the mailbox as a page, as a mail program would show it
"""
