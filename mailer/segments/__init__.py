"""Which customers?

fields       what may be asked           operators    how
tree         a question: All, Any, Not, Where, Did; its data, its Ibis, its sentence
criteria     data from outside becomes a tree, or is told why not
meant        who is meant: how many, which ones; each part of a question is asked once
proof        why one customer is meant
segment      a named question: count, customers, sample, why
files        segments/*.toml
"""
