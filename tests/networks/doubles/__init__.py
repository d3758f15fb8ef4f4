"""Stateful doubles of the networks that nobody can run at home, each held to its network's official document.

``python -m tests.networks.doubles <network> --port <port>`` starts one by hand. A message that the document does not allow,
of ours or of the double, is kept in ``Double.breaches``: a test that leaves one fails.
"""
