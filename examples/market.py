"""What an export holds, as a marimo notebook: which technologies are asked for, and at what pay.

    pip install marimo duckdb plotly
    python -m include.cli export --to rows
    marimo edit examples/market.py -- --export rows/latest

It is a script, too: ``python examples/market.py --export rows/latest`` prints the figures.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="TechPulse: the market in an export")


@app.cell
def _():
    import pathlib

    import duckdb
    import marimo as mo
    import plotly.graph_objects as go

    return duckdb, go, mo, pathlib


@app.cell
def _(duckdb, mo, pathlib):
    export = pathlib.Path(str(mo.cli_args().get("export") or "rows/latest"))
    rows = duckdb.connect()
    # The views name their files relative to the export.
    rows.execute("set file_search_path = ?", [str(export)])
    rows.execute((export / "views.sql").read_text())

    def ask(sql, **parameters):
        """Return the rows of a query as dictionaries."""
        result = rows.execute(sql, parameters)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    return ask, export


@app.cell
def _(ask, export, mo):
    sources = ask(
        "select source, count(*) as postings, min(month) as first_month, max(month) as last_month "
        "from fct_postings where duplicate_of is null group by source order by postings desc"
    )
    mo.vstack([
        mo.md(f"# The market in `{export.resolve().name}`"),
        mo.md("Each job counts once, however many boards show it. Name the sources; their terms "
              "are in the export's `README.md`."),
        mo.ui.table(sources, selection=None),
    ])  # fmt: skip
    return (sources,)


@app.cell
def _(mo):
    mo.md("""
## Technologies

The share of **companies** that ask for a technology in the newest twelve months. Companies, since
one that posts each month is one employer; the whiskers are Wilson's 95 % intervals.
""")
    return


@app.cell
def _(ask):
    technologies = ask(
        """
        with recent as (
            select posting_id, company_key
            from fct_postings
            where duplicate_of is null and company_key is not null
                and month > (select max(month) from fct_postings) - interval 12 month
        )
        select
            dim_technologies.name as technology,
            count(distinct company_key) as companies,
            (select count(distinct company_key) from recent) as of_companies
        from recent
        inner join fct_posting_skills using (posting_id)
        inner join dim_technologies on skill = technology_id
        group by technology
        order by companies desc, technology
        limit 20
        """
    )

    def wilson(k, n, z=1.96):
        """Return the 95 % interval of a share k of n."""
        middle = (k / n + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * (k / n * (1 - k / n) / n + z**2 / (4 * n**2)) ** 0.5
        return middle - half, middle + half

    for one in technologies:
        one["share"] = one["companies"] / one["of_companies"]
        one["lower"], one["upper"] = wilson(one["companies"], one["of_companies"])
    return (technologies,)


@app.cell
def _(go, technologies):
    shown = technologies[::-1]
    go.Figure(
        go.Bar(
            x=[one["share"] for one in shown],
            y=[one["technology"] for one in shown],
            orientation="h",
            error_x={
                "type": "data",
                "array": [one["upper"] - one["share"] for one in shown],
                "arrayminus": [one["share"] - one["lower"] for one in shown],
            },
        ),
        {"xaxis": {"tickformat": ".0%"}, "height": 560, "margin": {"t": 10}},
    )
    return


@app.cell
def _(ask, go, technologies):
    # The most frequent ones over time: Hacker News alone, whole months, three pooled a point.
    trends = ask(
        """
        select
            name,
            month,
            sum(mention_count) over near / nullif(sum(total_jobs) over near, 0) as share
        from monthly_trends
        inner join dim_technologies using (technology_id)
        where is_complete and name in (select unnest($names))
        window near as (
            partition by technology_id order by month rows between 2 preceding and current row
        )
        order by name, month
        """,
        names=[one["technology"] for one in technologies[:5]],
    )
    lines = {}
    for point in trends:
        lines.setdefault(point["name"], []).append((point["month"], point["share"]))
    go.Figure(
        [
            go.Scatter(x=[m for m, _ in line], y=[s for _, s in line], name=name)
            for name, line in lines.items()
        ],
        {"yaxis": {"tickformat": ".0%", "rangemode": "tozero"}, "margin": {"t": 10}},
    )
    return (trends,)


@app.cell
def _(ask, mo):
    pay = ask(
        """
        select
            family,
            count(*) as jobs,
            median((coalesce(salary_min, salary_max) + coalesce(salary_max, salary_min)) / 2)
                as median_usd
        from fct_jobs
        where duplicate_of is null and salary_currency = 'USD' and salary_period = 'year'
        group by family
        order by jobs desc, family
        """
    )
    mo.vstack([
        mo.md("## Pay\n\nJobs that name a yearly salary in US dollars: the median of the middle of "
              "each range. Few jobs say: read `jobs` with it."),
        mo.ui.table(pay, selection=None),
    ])  # fmt: skip
    return (pay,)


@app.cell
def _(mo, pay, sources, technologies, trends):
    figures = {
        "postings": sum(source["postings"] for source in sources),
        "technologies": {
            one["technology"]: [round(one[name], 4) for name in ("share", "lower", "upper")]
            for one in technologies
        },
        "trend_points": len(trends),
        "pay": {one["family"]: one["median_usd"] for one in pay},
    }
    if mo.app_meta().mode == "script":
        import json

        print(json.dumps(figures))
    return


if __name__ == "__main__":
    app.run()
