"""The application for tools that ask for one: `flask --app app db revision --message "Add …" --autogenerate`."""

from __future__ import annotations

from firebreak import create_app, maintenance

app = create_app()
maintenance.use_migrations(app)
