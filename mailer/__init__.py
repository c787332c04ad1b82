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
    checkup      is it in order, and will its email arrive?
    web          what people see
    server       all of it in one process
    founding, backup             a house begins, is saved
    demo         a shop with customers who answer
    cli          what an operator types

Under the floors: errors, clock, paths, failpoints, late (imported when it is used), settings, log; store (one writer,
pure readers), engine (how each database is opened), bulk (many rows at once), together (small writes that come at
once), child (what is not trusted runs apart), generation (is this database the one of this home?), tables (all of them,
by name).
"""

__version__ = "0.1.0"
