"""One function for each thing a person, the API or the worker does: load, decide, record.

Each returns the incident after the change, raises `Refused` when a rule says no, and LookupError when there is no
such incident. An incident that is returned has been committed.
"""
