"""The demonstration: a month of an invented company's desk, told through the same functions as real work.

`<language>.toml` is one desk: its settings, people and incidents, each written in that language after that country's
practice. `story` reads it and puts its hours on the calendar, `telling` lives through it, `place` keeps it away from
the real desk.
"""
