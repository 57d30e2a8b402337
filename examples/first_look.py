"""What is known of two products, and how sure; run it where ``howdah demo`` was run."""

import howdah

market = howdah.open("howdah-demo")

for name in ("Kimi", "豆包"):
    page = market.show(name)
    print(f"{page.entity.name}, as of {page.basis.as_of}")
    for estimate in page.estimates("dau"):
        definition = estimate.definition or "not stated"
        if estimate.value is None:
            said = f"{estimate.lower} to {estimate.upper}, {estimate.status}"
        else:
            said = f"{estimate.value:,.0f} ({estimate.lower:,.0f} to {estimate.upper:,.0f})"
        print(f"  daily users, {estimate.period.label}, definition {definition}: {said}")

print()
print("What changed")
for finding in market.radar().findings:
    print(f"  {finding.kind}: {finding.name} ({finding.cause}, {finding.n} claims)")
