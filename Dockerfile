# The Astro runtime copies the project and installs packages.txt and requirements.txt by itself.
# 3.3 alone would bring Python 3.14, which dbt does not support.
FROM astrocrpublic.azurecr.io/runtime:3.3-8-python-3.12

# `include` is imported by the plugin in every Airflow process, not only where DAGs are parsed.
ENV PYTHONPATH=/usr/local/airflow \
    AIRFLOW__COSMOS__ENABLE_TELEMETRY=False \
    DO_NOT_TRACK=1
