"""What does it say?

template   the source, checked       inline    its styles, written into its tags once a version
context    what it may see           links     where its links lead
letter     subject, HTML and text    pressing  the same as bytes, in a fraction of the time, by
press      child processes with      flat      functions compiled once a version, over
           limits: templates are code          pieces that are encoded already, with values
preflight  what a marketer should know before it leaves
"""
