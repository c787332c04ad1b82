"""What is an email? The RFCs, pure: no database, no network, no clock.

address     what may be written to                 tokens     whose address or link this is, provably
compose     a letter becomes bytes                 dkim       the bytes are signed
parse       bytes become an email, however odd     quoting    its new words, its signature, what it quotes
automatic   did a machine write it?                reports    what failed, or was complained of
"""
