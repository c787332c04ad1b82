"""How does it leave?

message     one email of ours, and the words of its life         departing what is to leave, and its name
outbox      what becomes of it: claim, hand over, settle         gate      may this leave now?
transport   a way out, chosen by URL                             smtp      over the network, connections kept
relay       a server we send through, read from its URL          line      what is said to it, and when the dot
sender      many connections, one commit for all of them         local     into a file, or into memory
retry       when a deferred message is tried again               journal   what had already left, in a file
reconcile   what is in doubt, settled by evidence                hits      opened, clicked, looked at
maillog     what a relay's log says of our messages              accounts  where everybody is, and what stands still
relays      several relays as one way out                        pace      how fast mail goes to one domain
breaker     whether a server that failed is asked again          ramp      how many a day a new relay may take
allotment   how many of these it took, in the database           turns     so many a second, and no more
policy      the rules of the gate, in their order                facts     what they look at
release     what a crash, a person, a policy let go of or stop   outgoing  connections that stay open between rounds
"""
