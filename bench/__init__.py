"""How fast the desk is, beside bare floors measured in the same minutes: `make bench` (see docs/speed.md)."""
