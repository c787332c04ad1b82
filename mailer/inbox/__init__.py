"""Who answers?

conversation   one talk with one customer      assignment   whose it is, and since when
routing        whose it should be, and why     answer       what a representative writes back
overview       who waits longest               history      everything that was said, in order
"""
