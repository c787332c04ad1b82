"""Lifeline: email automation with a named human one click away.

An email travels up the floors; an import, and a foreign key, only goes down:

    mail         what an email is
    people       whom we write to, and who answers
    insights     what we know
    segments     which of them
    campaigns    when, and about what
    rendering    what it says
    delivery     how it leaves
    replies      what comes back
    inbox        who answers
    house        what a running house holds
    pipeline     the path of one email, floor by floor
    scheduler    how often each step runs
    web          what people see
    demo         a shop with customers who answer
    cli          what an operator types
"""

__version__ = "0.1.0"
