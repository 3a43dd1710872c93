"""Records to SQL and back. SQL text and SQLAlchemy live here and in db/migrations, nowhere else."""
