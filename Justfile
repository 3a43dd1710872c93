# just test -k settings: what CI runs, with pytest's arguments
test *arguments:
    python3 bootstrap.py test {{arguments}}

# style and types only
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy

# let ruff repair what it can
fix:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# the figures of README's performance table
bench papers:
    .venv/bin/python benchmarks/library.py {{papers}}
    .venv/bin/python benchmarks/encode.py {{papers}}

# OAI-PMH from a service on loopback, beside Sickle
bench-harvest url:
    .venv/bin/python benchmarks/harvest.py {{url}}
