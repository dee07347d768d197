"""The rules of an incident desk, pure.

What may live here: facts, folds, deciders, parsing and computing. What may not: Flask, SQLAlchemy,
blinker, files, network, and reading the clock: `now` is always an argument.
"""
