"""What does it say?

    template   the source, checked       inline    its styles, written into its tags once a version
    context    what it may see           links     where its links lead
    letter     subject, HTML and text    press     child processes with limits, for templates are code
    preflight  what a marketer should know before it leaves
"""
