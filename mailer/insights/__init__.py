"""What do we know about a customer, and from what?

events       what a customer did, each taken once                        the truth
arrivals     what is new there: by cursor, whatever order was committed
fold         brings it into the warehouse and computes insights
recipes      whether an insight is still computed as it was
layout       the tables of the warehouse
backends     what differs between the stores they can lie in
warehouse    answers questions: DuckDB through Ibis
members      a set of customers, a bit for each: what a part of a question found is kept so
insight      a named, typed fact, in one of the forms
library      those a shop gets with the house
declared     those it declares itself, in config/insights.toml
learned      what else could be asked, for it really came
"""
