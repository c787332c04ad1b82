"""When do we write, and about what?

campaign   the plan, its runs, their recipients, and who approved it
schedule   which civil times a campaign fires at          civil      what instant a civil time is, where
audience   the customers of one run, chosen or left out    files      campaigns kept in git
"""
