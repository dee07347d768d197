"""Small playbooks on disk, for pages that need some."""

from __future__ import annotations

from pathlib import Path

STORM = """---
title: Weekend firestorm
scenario: weekend-firestorm
language: en
severity: critical
summary: It burns while nobody is at work.
signals: {words: [moms, offended, nobody at work], strong: [firestorm], channels: [x], times: [weekend, night]}
roles: {lead: Decides, channel: Posts}
owner: Head of communications
reviewed: 2026-11-01
sources: [{title: A book, url: "https://example.org/book"}]
---
An intro with <script>alert(1)</script> and [a link](javascript:alert(1)).

## How to recognise it
- It grows by the hour.

## First 15 minutes
- [ ] Pause every scheduled post {#pause-scheduled role=channel due=10m .critical}

  Because a joke would hurt.
- [ ] Pull or keep the advert? {#advert role=lead due=45m .decision}
  - **Pull** - it is gone {#pull}
  - **Keep** - it stays {#keep}

## Holding statements
### X {platform=x}
> We hear you about {{ subject }}.

## Something of our own
Call the night porter.
"""
LEAK = """---
title: Employee leak
scenario: employee-leak
language: en
severity: serious
summary: An internal paper is out.
signals: {words: [memo, leaked], strong: [leaked memo]}
roles: {lead: Decides}
owner: Mei Lin
reviewed: 2026-10-01
---
## First 15 minutes
- [ ] Save the paper {#save role=lead due=5m .critical}
"""


def write(folder: Path, **files: str) -> Path:
    """A folder with these files (`en_name` for en/name.md) beside two good English playbooks."""
    found = {"en_weekend-firestorm": STORM, "en_employee-leak": LEAK, **files}
    for name, text in found.items():
        path = folder / f"{name.replace('_', '/', 1)}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
