"""The same question on two dates, and the records behind the answer."""

import howdah

market = howdah.open("howdah-demo")

for day in ("2024-12-31", "2025-01-31"):
    page = market.show("Doubao", as_of=day)
    figures = {e.definition: e for e in page.estimates("mau_month")}
    print(day, sorted(figures))

newest = market.show("Doubao").estimate("mau_month", definition="aicpb:mau_month")
trail = market.trail(newest.estimate_id)
for step in trail.claims:
    print(step.statement.source, "published", step.statement.published_at, "record", step.row)
