# The Astro runtime copies the project and installs packages.txt and requirements.txt by itself.
# 3.3 alone would bring Python 3.14, which dbt does not support.
FROM astrocrpublic.azurecr.io/runtime:3.3-8-python-3.12

# `include` is imported by the plugin in every Airflow process, not only where DAGs are parsed.
ENV PYTHONPATH=/usr/local/airflow \
    TECHPULSE_DUCKDB_EXTENSION_DIR=/usr/local/airflow/.duckdb_extensions \
    AIRFLOW__COSMOS__ENABLE_TELEMETRY=False \
    DO_NOT_TRACK=1

# What a lake needs (docs/scaling.md), so that nothing is downloaded when the image runs. The
# runtime pins Airflow's own packages: constraints.txt would change them.
RUN pip install --no-cache-dir -r requirements-lake.txt \
    && python deploy/bake_extensions.py
