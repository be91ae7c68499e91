#!/usr/bin/env python3
"""Write a random loan book with its rules, for comparing two implementations.

    random_book.py --seed S --out DIR [--loans N] [--faulty] [--features shares,charge,...]

DIR gets rules/*.yaml (JSON text, which is valid YAML), loans-*.csv, events-*.csv and `options`: one command-line
word per line, paths relative to DIR. The same seed and features give the same book. Every account
is judged by the model and repaired or dropped where it is refused; with --faulty some refused accounts stay in and
--quarantine is asked for.
"""
import argparse
import csv
import io
import json
import random
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import model

CURRENCIES = [("IDR", 0), ("JPY", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("TND", 3)]
DISTRICTS = ["", "Bandung", "bandung", 'Kota "Lama"', "Aceh, Besar", "Çankırı", "東京", "Z", "a b"]
SECTORS = ["", "food", "farm, fish", "goods", "équipement"]
NAMES = ["Siti", 'Budi "B"', "Ana, Lim", "", "Óscar"]
LOAN_COLUMNS = (
    "account_id program principal disbursed agreed recorded borrower_id installments grace first_due collateral"
)
EVENT_COLUMNS = "event_id account_id date type amount recorded seq document ref note"
FEATURE_COLUMNS = "component kind row installments every grace due"  # written where an event fills them

# Clauses and events beyond the first ones. True: the engine has it, books have it by default.
FEATURES = {
    "shares": True,  # schedule.split
    "custom": True,  # schedule.split with plan.csv
    "down-payment": True,
    "latest": True,
    "holidays": True,  # next, previous, modified-next with calendars
    "principal-by": True,
    "budget": True,  # principal.budget
    "charge": True,  # events charge and waive
    "chargeback": True,
    "tranches": True,  # several disburse events
    "forgive": True,
    "write-off-absolute": True,  # and write_off.wait
    "letter": True,
    "freeze": True,  # and unfreeze
    "classify": True,
    "re-spread": True,  # allocation.excess
    "refund-excess": True,  # allocation.excess: refund
    "excess-components": True,
    "types": True,  # payment types of the program's own, funded_by
    "small-amounts": True,
    "bases": True,  # arrears.basis: the other four
    "matured": True,
    "cure": True,
    "scope": True,  # scope: borrower
    "subsidy": True,
    "fees": True,
    "penalty": True,  # and events able, unable
    "relief": True,
    "reschedule": True,  # the clause and its event
    "forgiveness": True,
}
DEFAULT = frozenset(name for name, known in FEATURES.items() if known)


def features_of(text):
    """A command-line word: `all`, `none` or names separated by commas; None is the default."""
    if text is None:
        return DEFAULT
    names = {"all": list(FEATURES), "none": []}.get(text, text.split(","))
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise SystemExit(f"no feature {', '.join(unknown)}; there are {', '.join(FEATURES)}")
    return frozenset(names)


def days(n):
    return timedelta(days=n)


# ----------------------------------------------------------------------------------------------------------- rules


def reach(rules, path):
    """The value at a path, or `absent`."""
    node = rules
    for key in path.split("."):
        if isinstance(node, list):
            node = next((element for element in node if element["id"] == key), "absent")
        else:
            node = node.get(key, "absent")
        if node == "absent":
            break
    return node


def put(rules, path, value):
    *parents, last = path.split(".")
    node = reach(rules, ".".join(parents)) if parents else rules
    if value == "absent":
        node.pop(last, None)
    else:
        node[last] = value


class RuleMaker:
    """One program with amendments. Its limits are chosen so that no allowed loan makes a row without principal."""

    def __init__(self, rng, name, currency, era, features=DEFAULT):
        self.rng, self.name, self.era, self.features = rng, name, era, features
        self.basis = "days-past-due"
        self.code, self.decimals = currency
        self.period = rng.choices(["day", "week", "month", "year"], [1, 1, 6, 1])[0]
        self.most = {"day": 30, "week": 30, "month": 36, "year": 6}[self.period]
        self.most = rng.randint(1, self.most)
        self.units = [rng.choice([1, 1, 5, 7, 10, 25, 100, 333, 1000]) for _ in range(2)]
        self.multiple = rng.choice([1, 1, 1, 7, 50, 1000])
        self.residuals = rng.choice([["last", "first", "leading", "cumulative"], ["leading", "cumulative"]])
        tight = "last" not in self.residuals
        need = self.most * max(self.units) * (1 if tight else max(1, self.most - 1))
        if features & {"shares", "down-payment"}:  # at most 10 shares of at least 5 % of what half of it leaves
            need = max(2 * need + 2 * max(self.units), 450 * max(self.units))
        self.least = self.whole(max(need, self.multiple) * rng.choice([1, 1, 2, 10]))
        self.top = self.least * rng.randint(2, 20)
        if rng.random() < 0.1:
            self.top = self.whole(rng.randrange(10**24, 10**25))
            self.least = self.whole(self.top // rng.randint(3, 9))
        self.fixed_from = -(-self.top // rng.randint(1, 30))  # at most so many rows
        self.rules = self.base()
        self.amendments = self.amend(rng.choice([0, 1, 2, 4, 6]))

    def maybe(self, feature, odds=0.5):
        return feature in self.features and self.rng.random() < odds

    def whole(self, minor):
        return -(-minor // self.multiple) * self.multiple

    def amount(self, minor):
        text = model.amount_text(minor, self.decimals)
        if self.decimals == 0:
            return self.rng.choice([minor, text, f"{minor:_}"])
        if self.rng.random() < 0.3 and minor % 10**self.decimals == 0:
            return minor // 10**self.decimals
        return text

    def span(self, n, unit):
        return f"{n} {unit}" + ("s" if n != 1 or self.rng.random() < 0.2 else "")

    def rounding(self):
        residual = self.rng.choice(self.residuals)
        mode = "down" if residual == "leading" else self.rng.choice(["down", "up", "half-up", "half-even"])
        return {"unit": self.amount(self.rng.choice(self.units)), "mode": mode, "residual": residual}

    def installments(self):
        low = self.rng.randint(max(1, self.most // 2), self.most)
        high = self.rng.randint(low, self.most)
        if low == high and self.rng.random() < 0.8:
            return low
        return {"min": low, "max": high, "default": self.rng.randint(low, high)}

    def fewest(self, schedule):
        clause = schedule["installments"]
        return clause["min"] if isinstance(clause, dict) else clause

    def grace(self, schedule):
        number, unit = model.to_span(schedule["every"])
        within = schedule["split"] == "equal" and self.rng.random() < 0.5 and self.fewest(schedule) > 1
        longest = min(6, self.fewest(schedule) - 1 if within else 6)
        low = self.rng.randint(1, longest)
        length = self.span(low * number, unit)
        if self.rng.random() < 0.4:
            if self.rng.random() < 0.3:  # the book may do without
                low, length = 0, self.span(0, unit)
            high = self.rng.randint(low, longest)
            length = {"min": length, "max": self.span(high * number, unit),
                      "default": self.span(self.rng.randint(low, high) * number, unit)}  # fmt: skip
        elif unit in ("week", "year") and self.rng.random() < 0.4:
            length = self.span(low * number * (7 if unit == "week" else 12), "day" if unit == "week" else "month")
        clause = {"length": length, "place": "within-term" if within else "before-term"}
        if self.rng.random() < 0.6:
            clause["list_rows"] = self.rng.random() < 0.8
        return clause

    def due_day(self):
        rng = self.rng
        return rng.choice(["same", "same", "last", rng.randint(1, 31), rng.choice([28, 29, 30, 31])])

    def schedule(self):
        rng = self.rng
        schedule = {"installments": self.installments(), "every": self.span(rng.choice([1, 1, 1, 2, 3]), self.period)}
        schedule["split"] = rng.choice(["equal", "equal", "equal", "bullet", "fixed"])
        if self.maybe("custom", 0.15):
            return self.custom(schedule)
        if self.maybe("shares", 0.3):
            schedule["split"] = {"shares": self.shares()}
        if schedule["split"] == "fixed":
            schedule["split"] = {"fixed": self.amount(rng.randint(self.fixed_from, self.top))}
        if rng.random() < 0.5:
            schedule["grace"] = self.grace(schedule)
        if isinstance(schedule["split"], dict):
            del schedule["installments"]
        if self.maybe("down-payment", 0.35):
            schedule["down_payment"] = rng.choice(["5%", "10%", "1/3", "33.3%", "50%"])
        if self.features & {"re-spread", "reschedule"} or "down_payment" in schedule or "shares" in schedule["split"]:
            schedule["rounding"] = self.rounding()
        elif schedule["split"] == "equal":
            schedule["rounding"] = self.rounding()
        due = {"anchor": rng.choice(["disbursed", "disbursed", "agreed", "given"]), "day": "same", "holiday": "none"}
        if self.period in ("month", "year"):
            due["day"] = self.due_day()
            due["missing_day"] = rng.choice(["last-of-month", "first-of-next"])
        if rng.random() < 0.3 and due["anchor"] != "given":
            due["min_gap"] = rng.choice(["15 days", "1 day", "1 month", "6 weeks", "10 days"])
        if self.maybe("latest", 0.3):
            due["latest"] = self.latest(due)
        if self.maybe("holidays", 0.5):
            due["holiday"], due["calendar"] = rng.choice(["next", "previous", "modified-next"]), "days"
        schedule["due"] = due
        return schedule

    def custom(self, schedule):
        """Dates and amounts come from plan.csv."""
        schedule = {"every": schedule["every"], "split": "custom", "due": {"anchor": "disbursed"}}
        if self.period in ("month", "year"):
            schedule["due"]["missing_day"] = "last-of-month"
        if self.maybe("down-payment", 0.2) or self.features & {"re-spread", "reschedule"}:
            schedule["rounding"] = self.rounding()
            if self.maybe("down-payment", 0.3):
                schedule["down_payment"] = "10%"
        return schedule

    def latest(self, due):
        """About where the last row is."""
        length = {"day": 1, "week": 7, "month": 30, "year": 365}[self.period] * self.most
        if due["anchor"] == "given" or self.rng.random() < 0.3:
            return (self.era + days(self.rng.randint(200, 1500) + length)).isoformat()
        return self.span(int(length * self.rng.choice([0.8, 0.97, 1, 1, 1.03, 1.5])) + 1, "day")

    def shares(self):
        """2 to 10 shares of at least 5 % which add up to 100 %."""
        n = self.rng.randint(2, 10)
        cuts = sorted(self.rng.sample(range(1, 200 - 10 * n + n), n - 1))
        tenths = [b - a - 1 + 10 for a, b in zip([0] + cuts, cuts + [200 - 10 * n + n])]  # of half a per cent
        if self.rng.random() < 0.2:
            return ["1/3", "1/3", "1/3"]
        return [f"{half / 2:g}%" for half in tenths]

    def classes(self):
        rng = self.rng
        names = ["lancar", "dpk", "kurang-lancar", "diragukan", "macet"]
        names = sorted(rng.sample(names, rng.randint(1, 5)), key=names.index)
        if rng.random() < 0.15:
            rng.shuffle(names)
        bounds = [0, 1, 5, 30, 60, 90, 120, 180, 270]
        if self.basis in ("months-past-due", "missed-installments", "demand-letters"):
            bounds = [0, 1, 2, 3, 4, 6]
        cuts = sorted(rng.sample(bounds, len(names) - 1))
        classes, low = [], 0
        for name, high in zip(names, cuts + [""]):
            classes.append({"id": name, "range": f"{low}..{high}"})
            if self.rates:
                classes[-1]["provision"] = self.share()
            low = high + 1 if high != "" else 0
        if self.maybe("matured", 0.4):
            low = 1
            for rule in classes[1:]:
                high = low + rng.choice([0, 14, 30])
                rule["matured"] = f"{low}.." if rule is classes[-1] else f"{low}..{high}"
                low = high + 1
        return classes

    def share(self):
        return self.rng.choice(["0%", "0.5%", "5%", "10%", "1/3", "2/7", "12.345%", "50%", "100%"])

    def some_of(self, classes):
        names = [rule["id"] for rule in classes]
        return names[self.rng.randint(0, len(names) - 1) :]

    def arrears(self):
        rng = self.rng
        if self.maybe("bases", 0.6):
            self.basis = rng.choice(["months-past-due", "missed-installments", "days-past-maturity", "demand-letters"])
        clause = {"basis": self.basis, "count_from": rng.choice(["day-after-due", "due-date", "end-of-tolerance"])}
        if clause["count_from"] == "end-of-tolerance" or rng.random() < 0.3:
            clause["tolerance"] = self.span(rng.choice([1, 3, 7, 30]), "day")
        if rng.random() < 0.4:
            clause["ignore_below"] = self.amount(rng.choice([1, 50, 1000, self.least // 3 + 1]))
        if self.maybe("scope"):
            clause["scope"] = rng.choice(["borrower", "borrower", "account"])
        if self.maybe("cure", 0.6):
            span = self.span(*rng.choice([(3, "month"), (10, "day"), (1, "year")]))
            clause["cure"] = rng.choice(["cleared", {"clean": span}, "immediate"])
        self.rates = rng.random() < 0.8  # a rate divides, so it wants a provision clause with a rounding
        clause["classes"] = self.classes()
        clause["non_performing"] = self.some_of(clause["classes"])
        if self.rates:
            clause["provision"] = {"base": "outstanding"}
            if rng.random() < 0.6:
                clause["provision"]["less"] = "collateral"
                if rng.random() < 0.6:
                    clause["provision"]["less_not_for"] = [clause["classes"][0]["id"]]
            clause["provision"]["rounding"] = {
                "unit": self.amount(rng.choice([1, 1, 7, 100, 1000])),
                "mode": rng.choice(["down", "up", "half-up", "half-even"]),
            }
        return clause

    def components(self):
        names = ["penalty", "fee", "principal"]
        self.rng.shuffle(names)
        return names

    def excess(self):
        ways = ["hold", "hold", "next", "last"]
        ways += ["re-spread"] * 3 if "re-spread" in self.features else []
        ways += ["refund"] if "refund-excess" in self.features else []
        return self.rng.choice(ways)

    def allocation(self):
        rng = self.rng
        clause = {"components": self.components(), "by": rng.choice(["installment", "component"]),
                  "excess": self.excess()}  # fmt: skip
        if self.maybe("excess-components"):
            clause["excess_components"] = self.components()[: rng.randint(1, 3)]
        if self.maybe("types", 0.6):
            clause["types"] = {}
            for name in rng.sample(["goodwill", "top-up", "bonus"], rng.randint(1, 2)):
                clause["types"][name] = {"excess": self.excess()}
                if rng.random() < 0.6:
                    clause["types"][name]["funded_by"] = "program"
        return clause

    def subsidy(self, classes):
        rng = self.rng
        clause = {"rate": rng.choice(["6%", "12%", "1/7", "2.5%"]), "on": rng.choice(["actual", "planned"])}
        clause["basis"] = rng.choice(["opening", "daily", "original"])
        clause["day_count"] = rng.choice(["month", "30/360", "actual/360", "actual/365"])
        if clause["basis"] == "daily":
            clause["on"], clause["day_count"] = "actual", rng.choice(["actual/360", "actual/365"])
        if rng.random() < 0.3:
            clause["only_classes"] = [rule["id"] for rule in classes[: rng.randint(1, len(classes))]]
        if rng.random() < 0.3:
            clause["cap"] = self.amount(self.least)
        clause["rounding"] = {"unit": self.amount(rng.choice([1, 100])),
                              "mode": rng.choice(["down", "up", "half-up", "half-even"])}  # fmt: skip
        return clause

    def extras(self, rules):
        """Clauses of the features."""
        rng = self.rng
        if self.maybe("principal-by"):
            names = rng.sample([name for name in SECTORS if name], rng.randint(1, 3))
            ceilings = {name: self.amount(self.whole(rng.randint(self.least, self.top))) for name in names}
            rules["principal"]["by"] = {"column": "sector", "max": ceilings}
        if self.maybe("small-amounts", 0.7):
            names = rng.choice([["forgive_below"], ["keep_credit_below"], ["forgive_below", "keep_credit_below"]])
            few = [2, 50, 1000, self.least // 3 + 2]
            rules["small_amounts"] = {name: self.amount(rng.choice(few)) for name in names}
        if self.maybe("write-off-absolute"):
            rules["write_off"] = {"wait": rng.choice(["30 days", "2 months", "1 year"])}
        if self.maybe("subsidy", 0.7):
            rules["subsidy"] = self.subsidy(rules["arrears"]["classes"])
        if self.maybe("fees", 0.6):
            rules["fees"] = [self.fee(name) for name in rng.sample(["admin", "stamp", "visit"], rng.randint(1, 3))]
        if self.maybe("penalty", 0.7):
            rules["penalty"] = self.penalty()
        if self.maybe("relief", 0.6):
            rules["relief"] = [self.relief(k) for k in range(rng.randint(1, 2))]
        if self.maybe("reschedule", 0.8):
            kinds = ["move", "extend", "grace", "re-age", "re-amortize"]
            rules["reschedule"] = {"kinds": rng.sample(kinds, rng.randint(2, 5))}
            if rng.random() < 0.3:
                rules["reschedule"]["max_times"] = rng.randint(1, 2)
            if rng.random() < 0.3:
                rules["reschedule"]["max_installments"] = self.most + rng.randint(0, 6)
            if rng.random() < 0.3:
                rules["reschedule"]["max_grace"] = self.periods(rules["schedule"], rng.randint(1, 4))
        if self.maybe("forgiveness", 0.6):
            rules["forgiveness"] = [self.forgiveness(k) for k in range(rng.randint(1, 2))]
        return rules

    def periods(self, schedule, n):
        number, unit = model.to_span(schedule["every"])
        return self.span(n * number, unit)

    def unit_rounding(self):
        modes = ["down", "up", "half-up", "half-even"]
        return {"unit": self.amount(self.rng.choice([1, 1, 10, 100])), "mode": self.rng.choice(modes)}

    def fee(self, name):
        rng = self.rng
        when = rng.choice(["disbursement", "disbursement", "each-installment", {"installment": rng.randint(1, 3)}])
        fee = {"id": name, "amount": self.amount(rng.choice([1, 250, self.least // 50 + 1])), "when": when}
        fee["collect"] = "with-installment"
        if when == "disbursement":
            fee["collect"] = rng.choice(["deduct", "upfront", "with-installment"])
        if rng.random() < 0.6:
            of = ["principal", "disbursed", "installment"]
            of = of if fee["collect"] == "with-installment" else of[:2]
            fee["amount"] = {"rate": rng.choice(["1%", "1/300", "2.5%", "40%"]), "of": rng.choice(of)}
            fee["rounding"] = self.unit_rounding()
        return fee

    def penalty(self):
        rng = self.rng
        clause = {"kind": rng.choice(["flat", "share", "per-day", "per-day", "per-month"])}
        if clause["kind"] == "flat":
            clause["amount"] = self.amount(rng.choice([1, 500, self.least // 40 + 1]))
        else:
            clause["rate"] = rng.choice(["0.1%", "1%", "1/700", "5%"])
            clause["base"] = rng.choice(["overdue-principal", "installment"])
            clause["rounding"] = self.unit_rounding()
        if clause["kind"] == "per-month":
            clause["count"] = rng.choice(["begun", "whole"])
        if rng.random() < 0.5:
            clause["after"] = rng.choice(["1 day", "7 days", "1 month"])
        if rng.random() < 0.4:
            clause["cap"] = rng.choice(["10%", "1/3", self.amount(self.least // 30 + 1)])
            if clause["cap"] in ("10%", "1/3"):
                clause["rounding"] = self.unit_rounding()
        clause["to"] = rng.choice(["revenue", "social-fund"])
        if rng.random() < 0.4:
            clause["applies_if"] = "able"
        return clause

    def relief(self, k):
        rng = self.rng
        first = self.era + days(rng.randint(60, 1200))
        item = {"id": f"relief-{k}", "from": first.isoformat(), "source": "decree art 2",
                "until": (first + days(rng.choice([0, 30, 90, 200]))).isoformat(),
                "effect": rng.choice(["shift", "freeze-days"])}  # fmt: skip
        if rng.random() < 0.5:
            item["who"] = {"sector": rng.sample([name for name in SECTORS if name], rng.randint(1, 3))}
        return item

    def forgiveness(self, k):
        rng = self.rng
        when = {"repaid": rng.choice(["rest", "rest", "50%", "75%", "1/3"])}
        if rng.random() < 0.5:
            when["by"] = (self.era + days(rng.randint(100, 1500))).isoformat()
        else:
            when["within"] = rng.choice(["3 months", "1 year", "100 days"])
        if rng.random() < 0.4:
            when["never_late"] = True
        forgive = {"share": rng.choice(["5%", "25%", "1/7"])}
        if rng.random() < 0.4:
            low = self.least // 2 + 1
            forgive = {"bands": [{"up_to": self.amount(low), "share": "25%"},
                                 {"up_to": self.amount(low * 3), "share": "50%"}]}  # fmt: skip
        return {"id": f"bonus-{k}", "when": when, "forgive": forgive, "rounding": self.unit_rounding()}

    def base(self):
        rng = self.rng
        principal = {"min": self.amount(self.least), "max": self.amount(self.top)}
        if self.multiple > 1:
            principal["multiple_of"] = self.amount(self.multiple)
        if rng.random() < 0.5:
            principal["source"] = "decree art 5"
        rules = {
            "nol": "rules/1", "kind": "loan", "id": self.name, "title": f"Random program {self.name}",
            "status": "illustrative", "currency": {"code": self.code, "decimals": self.decimals},
            "in_force": self.era.isoformat(),
            "sources": {"decree": {"title": "A decree (fictional)", "in_force": self.era.isoformat()}},
            "principal": principal, "schedule": self.schedule(),
            "allocation": self.allocation(),
            "arrears": self.arrears(),
        }  # fmt: skip
        return self.extras(rules)

    def changes(self, rules):
        """[(path, new value)] of one amendment."""
        rng, schedule, arrears = self.rng, rules["schedule"], rules["arrears"]
        within = schedule.get("grace", {}).get("place") == "within-term"
        ways = [
            [("allocation.excess", self.excess())],
            [("allocation.by", rng.choice(["installment", "component"]))],
            [("allocation.components", self.components())],
            [("arrears.ignore_below", rng.choice(["absent", self.amount(rng.choice([1, 999, self.least]))]))],
        ]
        ways += [] if "by" in rules["principal"] else [
            [("principal.max", self.amount(self.whole(rng.randint(self.least * 2, self.top))))],
            [("principal.min", self.amount(self.whole(rng.randint(self.least, self.least * 2))))],
        ]  # fmt: skip
        if "classify" not in self.features and "subsidy" not in rules:  # they name classes
            fresh = self.classes()
            ways.append([("arrears.classes", fresh), ("arrears.non_performing", self.some_of(fresh))])
            if "less_not_for" in arrears.get("provision", {}):
                ways[-1].append(("arrears.provision.less_not_for", [fresh[0]["id"]]))
        ways += self.feature_changes(rules)
        if "provision" in arrears:
            ways.append([(f"arrears.classes.{rng.choice(arrears['classes'])['id']}.provision", self.share())])
            ways.append([("arrears.provision.rounding.mode", rng.choice(["down", "up", "half-up", "half-even"]))])
        if arrears["count_from"] != "end-of-tolerance":
            ways.append([("arrears.tolerance", rng.choice(["absent", "2 days", "14 days"]))])
        ways.append([("arrears.tolerance", "4 days"), ("arrears.count_from", "end-of-tolerance")])
        ways.append([("arrears.count_from", rng.choice(["day-after-due", "due-date"]))])
        if "day" in schedule["due"] and self.period in ("month", "year"):
            ways.append([("schedule.due.day", self.due_day())])
            ways.append([("schedule.due.missing_day", rng.choice(["last-of-month", "first-of-next"]))])
        if schedule["due"]["anchor"] != "given" and schedule["split"] != "custom":
            ways.append([("schedule.due.min_gap", rng.choice(["absent", "20 days", "2 months"]))])
        if "rounding" in schedule:
            ways += [[("schedule.rounding", self.rounding())]] * 2
            ways.append([("schedule.rounding.unit", self.amount(rng.choice(self.units)))])
        if "installments" in schedule and not within:
            ways.append([("schedule.installments", self.installments())])
            if schedule["split"] == "bullet":
                ways.append([("schedule.split", "equal"), ("schedule.rounding", self.rounding())])
            else:
                ways.append([("schedule.split", "bullet")])
            amount = self.amount(rng.randint(self.fixed_from, self.top))
            ways.append([("schedule.split", {"fixed": amount}), ("schedule.installments", "absent")])
        if "fixed" in schedule["split"]:
            ways.append([("schedule.split.fixed", self.amount(rng.randint(self.fixed_from, self.top)))])
            ways.append([("schedule.split", "equal"), ("schedule.installments", self.installments()),
                         ("schedule.rounding", self.rounding())])  # fmt: skip
        if "installments" in schedule:
            clause = self.grace(schedule) if rng.random() < 0.8 else "absent"
            ways.append([("schedule.grace", clause)])
        return rng.choice(ways)

    def feature_changes(self, rules):
        rng, ways = self.rng, []
        if "shares" in rules["schedule"]["split"]:
            ways += [[("schedule.split.shares", self.shares())]] * 2
        if rules["schedule"]["due"].get("holiday", "none") != "none":
            ways.append([("schedule.due.holiday", rng.choice(["next", "previous", "modified-next"]))])
        if "down_payment" in rules["schedule"]:
            ways.append([("schedule.down_payment", rng.choice(["7%", "40%"]))])
        if "types" in rules["allocation"]:
            name = rng.choice(list(rules["allocation"]["types"]))
            ways += [[(f"allocation.types.{name}.excess", self.excess())]] * 2
        if "cure" in self.features:
            ways.append([("arrears.cure", rng.choice(["cleared", "immediate", {"clean": "1 month"}]))])
        if "small_amounts" in rules:
            ways.append([("small_amounts.forgive_below", self.amount(rng.choice([3, 700])))])
        if "subsidy" in rules:
            ways += [[("subsidy.rate", rng.choice(["3%", "8%"]))]] * 2
        return ways

    def amend(self, count):
        rules, amendments = deepcopy(self.rules), []
        for day in sorted(self.era + days(self.rng.randint(30, 1200)) for _ in range(count)):
            items = []
            for path, value in self.changes(rules):
                was = deepcopy(reach(rules, path))
                if model.by_value(model.as_text(was)) == model.by_value(model.as_text(value)):
                    continue
                if isinstance(was, int) and self.rng.random() < 0.5:
                    was = f"{was:_}"  # `was` is compared by value
                items.append({"path": path, "was": was, "value": deepcopy(value)})
                put(rules, path, deepcopy(value))
            if items:
                amendments.append({"from": day.isoformat(), "source": "decree art 1", "set": items})
        # file order need not be the order of `from`, but stays so within one day
        if len({a["from"] for a in amendments}) == len(amendments) and self.rng.random() < 0.3:
            self.rng.shuffle(amendments)
        return amendments

    def set_budget(self, rows, faulty):
        """A ceiling over what was agreed, or, faulty, below it; raised in the course of a year, too."""
        rng, agreed = self.rng, {}
        for row in rows:
            day = row.get("agreed") or row["disbursed"]
            minor = model.to_amount(row["principal"], self.decimals)
            agreed.setdefault(day[:4], []).append((day, minor))
        budget, raised = {}, []
        for year in sorted(agreed):
            whole = sum(minor for _, minor in agreed[year]) + rng.choice([0, 0, 1, self.top])
            if faulty and rng.random() < 0.1:
                continue
            budget[year] = self.amount(whole * rng.choice([2, 3, 4]) // 4 if faulty else whole)
            if rng.random() < 0.4:
                start = rng.choice(agreed[year])[0]
                budget[year] = self.amount(sum(minor for day, minor in agreed[year] if day < start))
                raised.append({"from": start, "set": [{"path": f"principal.budget.{year}", "was": budget[year],
                                                       "value": self.amount(whole)}]})  # fmt: skip
        if not budget:
            return
        self.rules["principal"]["budget"] = budget
        if faulty and raised and rng.random() < 0.2:  # introduced in the course of a year
            del self.rules["principal"]["budget"]
            raised = [{"from": raised[0]["from"],
                       "set": [{"path": "principal.budget", "was": "absent", "value": budget}]}]  # fmt: skip
        self.amendments += raised

    def text(self):
        rules = dict(self.rules)
        if self.amendments:
            rules["amendments"] = self.amendments
        return json.dumps(rules, indent=2, ensure_ascii=False) + "\n"


# ------------------------------------------------------------------------------------------------------- accounts


class LoanMaker:
    """One loan with its events, as rows of text."""

    def __init__(self, rng, account_id, maker, program, frame):
        self.rng, self.maker, self.program, self.frame = rng, maker, program, frame
        self.events, self.count = [], 0
        self.row = {"account_id": account_id, "program": program.id}
        self.plan_rows = []
        self.make_loan()
        self.make_events()

    def amount(self, minor):
        text = self.program.text(minor)
        if self.rng.random() < 0.1:
            text += "0" if "." in text else ".00"
        elif "." in text and self.rng.random() < 0.1:
            text = text.rstrip("0").rstrip(".")
        return text

    def some_date(self, low, high):
        """A date of the range, often at the end of a month or near 29 February."""
        day = low + days(self.rng.randint(0, max(0, (high - low).days)))
        if self.rng.random() < 0.4:
            last = date(day.year, day.month, model.days_in_month(day.year, day.month))
            day = last - days(self.rng.choice([0, 0, 0, 1, 2, -1]))
        return min(max(day, low), high)

    def make_loan(self):
        rng, row, maker = self.rng, self.row, self.maker
        agreed = self.some_date(self.program.in_force, self.frame.as_of + days(rng.choice([0, 0, 0, 60])))
        rules = self.program.version(agreed)
        amount = self.program.amount
        low, high = amount(rules["principal"]["min"]), amount(rules["principal"]["max"])
        step = amount(rules["principal"].get("multiple_of", self.program.text(1)))
        if "by" in rules["principal"]:
            self.row["sector"] = rng.choice(SECTORS)
            high = amount(rules["principal"]["by"]["max"].get(self.row["sector"], rules["principal"]["max"]))
        principal = rng.choice([low, high, rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)])
        self.principal = max(-(-low // step) * step, principal // step * step)
        row["principal"] = self.amount(self.principal)
        schedule = rules["schedule"]
        self.disbursed = agreed + days(rng.choice([0, 0, 0, 1, 11, 40, 90]))
        self.how = rng.choices(["column", "event", "partial", "pending", "cancelled"], [12, 5, 3, 1, 1])[0]
        if maker.maybe("tranches", 0.4) and schedule["split"] != "custom":
            self.how = "tranches"
        self.agreed = agreed
        if self.how == "column":
            row["disbursed"] = self.disbursed.isoformat()
            if self.disbursed != agreed or rng.random() < 0.3:
                row["agreed"] = agreed.isoformat()
        else:
            row["agreed"] = agreed.isoformat()
        if rng.random() < 0.15:
            row["recorded"] = (agreed + days(rng.randint(0, 200))).isoformat()
        clause = schedule.get("installments")
        if isinstance(clause, dict) and rng.random() < 0.6:
            row["installments"] = str(rng.randint(int(clause["min"]), int(clause["max"])))
        elif clause and not isinstance(clause, dict) and rng.random() < 0.2:
            row["installments"] = clause
        if "grace" in schedule and rng.random() < 0.5:
            every = model.to_span(schedule["every"])
            low, high, _ = model.limits_of(
                schedule["grace"]["length"], lambda text: model.whole_periods(model.to_span(text), every)
            )
            row["grace"] = maker.span(rng.randint(low, high) * every[0], every[1])
        if schedule["split"] == "custom":
            self.make_custom(schedule)
        if schedule["due"]["anchor"] == "given":
            first = self.disbursed + days(rng.choice([0, 1, 15, 30, 61, 200]))
            if schedule["due"]["day"] != "same":
                first = model.add_periods(first, 0, schedule)
                first = first if first >= self.disbursed else model.add_periods(first + days(27), 0, schedule)
            row["first_due"] = first.isoformat()
        if rng.random() < 0.4:
            row["collateral"] = self.amount(rng.choice([0, self.principal // 3, self.principal // 2, self.principal]))
        if rng.random() < 0.6:
            row["borrower_id"] = f"b-{rng.randint(1, 20)}"

    def make_custom(self, schedule):
        rng, day, n = self.rng, self.disbursed, 0
        down = model.down_payment(model.Loan(self.row, self.program), schedule, self.principal)
        left = self.principal - down
        while left:
            day += days(rng.choice([1, 7, 30, 31, 90]))
            n += rng.choice([1, 1, 1, 1, 3])
            part = left if len(self.plan_rows) > 8 else rng.randint(1, left)
            self.plan_rows.append({"account_id": self.row["account_id"], "n": n, "due": day.isoformat(),
                                   "amount": self.program.text(part)})  # fmt: skip
            left -= part

    # events

    def add(self, what, day, amount=None, recorded=None, **cells):
        self.count += 1
        event_id = f"e{self.count}" if self.rng.random() < 0.9 else f"É{self.count}"
        row = {"event_id": event_id, "account_id": self.row["account_id"], "date": day, "type": what, **cells}
        row["recorded"] = recorded or day
        row["minor"] = amount
        if what in ("opening", "cancel", "classify", "write-off-absolute") or self.rng.random() < 0.2:
            row["document"] = self.rng.choice([f"doc-{self.count}", 'BA "1", 2026', "Ünit 3"])
        self.events.append(row)
        return row

    def late_record(self, day, odds=0.15):
        return day + days(self.rng.randint(1, 90)) if self.rng.random() < odds else day

    def reverse(self, event, odds=1.0, recorded=None):
        if self.rng.random() < odds:
            recorded = recorded or event["recorded"] + days(self.rng.choice([0, 1, 5, 40, 120]))
            day = self.rng.choice([recorded, recorded, min(recorded, event["date"])])
            return self.add("reverse", day, recorded=recorded, ref=event["event_id"])

    def pay(self, day, amount, kind="repay"):
        types = self.program.version(day)["allocation"].get("types") if "types" in self.maker.features else None
        if types and self.rng.random() < 0.4:
            kind = self.rng.choice(list(types))
        return self.add(kind, day, max(1, amount), self.late_record(day))

    def make_events(self):
        rng = self.rng
        amount = self.principal
        if self.how == "partial":
            amount = rng.randint(max(1, self.principal // 3), self.principal)
        if self.how == "tranches":
            amount = rng.randint(max(1, self.principal // 4), max(1, self.principal // 2))
        if self.how in ("event", "partial", "tranches"):
            self.add("disburse", self.disbursed, amount, self.late_record(self.disbursed, 0.05))
        elif self.how == "cancelled":
            cancel = self.add("cancel", self.disbursed)
            self.reverse(cancel, 0.2)
        if rng.random() < 0.25:
            day = max(self.program.in_force, self.agreed + days(rng.choice([-10, 0, 30, 200, 400])))
            self.add("collateral", day, rng.choice([0, amount // 4, amount, amount * 2]), self.late_record(day))
        if self.how in ("pending", "cancelled"):
            return
        try:
            loan = model.Loan(self.row, self.program)
            loan.plan = [(row["n"], model.to_date(row["due"]), self.program.amount(row["amount"]))
                         for row in self.plan_rows]  # fmt: skip
            self.plan, _ = model.make_plan(loan, self.disbursed, amount)
        except model.Refused:
            return
        self.lent, self.end = amount, self.plan[-1].due
        ways = {
            self.on_time: 3, self.late: 4, self.prepay: 2, self.overpay: 3, self.silent: 1, self.write_off: 3,
            self.chaos: 4, self.opening: 2,
        }  # fmt: skip
        rng.choices(list(ways), list(ways.values()))[0]()
        if self.how == "tranches":
            self.tranches()
        if rng.random() < 0.15:
            self.uncovered()
        self.more()
        for event in list(self.events):
            again = self.reverse(event, 0.04)
            if again and rng.random() < 0.4:
                self.reverse(again, recorded=again["recorded"] + days(rng.choice([0, 1, 30])))
        first_days = [self.disbursed] + [e["date"] for e in self.events if e["type"] == "opening"]
        for event in self.events:
            if rng.random() < 0.1 and event["date"] not in first_days:
                event["seq"] = str(rng.choice([-2, -1, 1, 2, 10]))

    def tranches(self):
        rng, left, day = self.rng, self.principal - self.lent, self.disbursed
        for _ in range(rng.randint(1, 3)):
            day = day + days(rng.choice([0, 1, 10, 31, 90]))
            part = min(left, rng.choice([left, left // 2, left // 3]) + (rng.random() < 0.03))
            if part > 0:
                self.add("disburse", day, part, self.late_record(day, 0.1))
                left -= part

    def some_day(self):
        """A day near a due date, after the disbursement."""
        day = self.rng.choice(self.plan).due + days(self.lag())
        return max(self.disbursed, min(day, self.frame.as_of + days(20)))

    def more(self):
        """Events of the features beside whatever else happens."""
        rng, features = self.rng, self.maker.features
        ways = {"charge": self.charges, "chargeback": self.chargebacks, "forgive": self.forgives,
                "write-off-absolute": self.absolute, "letter": self.letters, "freeze": self.freezes,
                "classify": self.classifies, "penalty": self.disables,
                "reschedule": self.reschedules}  # fmt: skip
        for name, way in ways.items():
            if name in features and rng.random() < 0.4:
                way()
        first = min((e["date"] for e in self.events if e["type"] == "opening"), default=self.disbursed)
        if any(e["type"] == "opening" for e in self.events) and rng.random() < 0.9:
            self.events = [e for e in self.events if e["date"] >= first or e["type"] in ("disburse", "collateral")]

    def charges(self):
        rng = self.rng
        for _ in range(rng.randint(1, 3)):
            day, component = self.some_day(), rng.choice(["fee", "penalty"])
            amount = max(1, rng.choice([1, 50, self.plan[0].principal_due // 10, self.lent // 20]))
            cells = {"component": component}
            if rng.random() < 0.4:
                cells["due"] = (day + days(rng.choice([0, 1, 20, 400]))).isoformat()
            charge = self.add("charge", day, amount, self.late_record(day), **cells)
            if rng.random() < 0.5:
                cells = {"component": component if rng.random() < 0.9 else "fee"}
                if rng.random() < 0.5:
                    cells = {"component": component, "ref": charge["event_id"]}
                day = day + days(rng.choice([0, 0, 3, 30]))
                part = max(1, rng.choice([amount, amount // 2, amount // 2, amount + 1]))
                self.add("waive", day, part, self.late_record(day), **cells)

    def chargebacks(self):
        rng = self.rng
        payments = [e for e in self.events if e["minor"] and model.Event(self.as_text(e), self.program).is_payment]
        for payment in rng.sample(payments, min(len(payments), rng.randint(1, 2))):
            day = payment["date"]
            for _ in range(rng.choice([1, 1, 2])):
                day = day + days(rng.choice([0, 1, 7, 30, 200]))
                part = rng.choice([None, payment["minor"], payment["minor"] // 2 or 1, payment["minor"] // 3 or 1, 1])
                self.add("chargeback", day, part, self.late_record(day), ref=payment["event_id"])

    def forgives(self):
        for _ in range(self.rng.randint(1, 2)):
            day = self.some_day()
            part = self.rng.choice([1, self.plan[-1].principal_due, self.lent // 3, self.lent // 10, self.lent])
            self.add("forgive", day, max(1, part), self.late_record(day))

    def absolute(self):
        rng = self.rng
        for gone in [e for e in self.events if e["type"] == "write-off"][:1]:
            day = gone["date"] + days(rng.choice([30, 62, 366, 10]))
            end = self.add("write-off-absolute", day, recorded=self.late_record(day))
            self.reverse(end, 0.2)

    def letters(self):
        day = self.some_day()
        for _ in range(self.rng.randint(1, 4)):
            self.add("letter", day, recorded=self.late_record(day))
            day = day + days(self.rng.choice([0, 14, 30, 31, 60]))

    def freezes(self):
        day = self.some_day()
        for _ in range(self.rng.randint(1, 2)):
            self.add("freeze", day, recorded=self.late_record(day, 0.1))
            day = day + days(self.rng.choice([0, 1, 30, 100]))
            if self.rng.random() < 0.8:
                self.add("unfreeze", day, recorded=self.late_record(day, 0.1))
            day = day + days(self.rng.choice([0, 1, 30]))

    def disables(self):
        day = self.some_day()
        self.add("unable", day, recorded=self.late_record(day, 0.1))
        if self.rng.random() < 0.7:
            day = day + days(self.rng.choice([0, 1, 20, 100]))
            self.add("able", day, recorded=self.late_record(day, 0.1))

    def reschedules(self):
        rng = self.rng
        for _ in range(rng.randint(1, 2)):
            day = self.some_day()
            rules = self.program.version(day)
            kinds = rules.get("reschedule", {}).get("kinds") or ["grace"]
            schedule, kind = self.program.version(self.agreed)["schedule"], rng.choice(kinds)
            cells = {"kind": kind}
            if kind == "grace":
                cells["grace"] = self.maker.periods(schedule, rng.randint(1, 3))
            if kind in ("extend", "re-age"):
                cells["installments"] = str(rng.randint(1, 5))
            if kind in ("move", "re-age"):
                cells["due"] = (day + days(rng.choice([0, 1, 10, 31]))).isoformat()
            if kind in ("extend", "re-age") and rng.random() < 0.3:
                cells["every"] = self.maker.periods(schedule, rng.randint(1, 2))
            if kind in ("move", "extend", "grace") and rng.random() < 0.3:
                cells["row"] = str(rng.randint(1, len(self.plan)))
            self.add("reschedule", day, recorded=self.late_record(day, 0.1), **cells)

    def classifies(self):
        for _ in range(self.rng.randint(1, 2)):
            day = self.some_day()
            names = [rule["id"] for rule in self.program.version(day)["arrears"]["classes"]]
            self.add("classify", day, recorded=self.late_record(day), kind=self.rng.choice(names))

    def lag(self):
        return self.rng.choice([-30, -3, -1, 0, 0, 1, 1, 2, 10, 31, 95])

    def paid_days(self, lags, share=0.6):
        """Some rows from the first on, with a day for each."""
        rows = self.plan[: self.rng.randint(1, max(1, min(10, int(len(self.plan) * share) + 1)))]
        return [(row, max(self.disbursed, row.due + days(self.rng.choice(lags)))) for row in rows]

    def on_time(self):
        for row, day in self.paid_days([0, 0, -1, -2], 1):
            self.pay(day, row.principal_due)

    def late(self):
        for row, day in self.paid_days([0, 1, 5, 30, 65, 120]):
            self.pay(day, self.rng.choice([row.principal_due, row.principal_due // 2, row.principal_due * 2]))

    def prepay(self):
        for row, day in self.paid_days([-60, -20, -1, 0], 0.3):
            self.pay(day, self.rng.choice([row.principal_due * 3 + 1, self.lent // 2, row.principal_due]))

    def overpay(self):
        """Pays everything and more, has some of it back, pays again."""
        day = self.some_date(self.disbursed, max(self.disbursed, self.frame.as_of - days(1)))
        over = self.rng.choice([0, 1, self.lent // 10, self.lent])
        if self.rng.random() < 0.5:
            self.pay(max(self.disbursed, day - days(20)), self.lent // 3)
        self.pay(day, self.lent + over)
        for _ in range(self.rng.randint(0, 3)):
            day = day + days(self.rng.choice([0, 1, 15, 50]))
            part = self.rng.choice([over, over // 2, over // 3 + 1])
            self.add(self.rng.choice(["refund", "refund", "repay"]), day, max(1, part), self.late_record(day))

    def silent(self):
        pass

    def write_off(self):
        rng = self.rng
        for row, day in self.paid_days([0, 3, 40], 0.4)[:5]:
            self.pay(day, row.principal_due)
        if rng.random() < 0.3:
            self.pay(self.disbursed + days(1), self.lent // 3)
        day = self.some_date(self.disbursed + days(10), max(self.disbursed + days(20), self.frame.as_of + days(10)))
        gone = self.add("write-off", day, recorded=self.late_record(day))
        for _ in range(rng.randint(0, 5)):
            day = day + days(rng.choice([0, 1, 10, 40]))
            part = rng.choice([self.lent // 5, self.lent // 3, self.lent, 1])
            kind = rng.choice(["recover", "recover", "repay", "refund", "collateral"])
            self.add(kind, day, max(1, part), self.late_record(day))
        self.reverse(gone, 0.3)
        if rng.random() < 0.2:  # found later: it was paid before
            found = max(self.disbursed, gone["date"] - days(rng.randint(0, 30)))
            recorded = gone["recorded"] + days(rng.randint(1, 60))
            self.add("repay", found, max(1, self.lent + rng.choice([-1, 0, 5])), recorded)

    def chaos(self):
        rng = self.rng
        for _ in range(rng.randint(0, 11)):
            near = rng.choice(self.plan).due + days(self.lag())
            day = max(self.disbursed, min(near, self.frame.as_of + days(40)))
            part = rng.choice([self.plan[0].principal_due, self.lent // 3, rng.randint(1, self.lent), 1, self.lent])
            kinds = ["repay"] * 8 + ["refund"] * 2 + ["write-off", "recover", "collateral", "cancel", "opening"]
            kind = rng.choice(kinds)
            self.add(kind, day, None if kind in ("write-off", "cancel") else max(1, part), self.late_record(day, 0.3))

    def opening(self):
        rng = self.rng
        day = self.some_date(self.disbursed, max(self.disbursed, self.frame.as_of + days(rng.choice([-200, 0, 30]))))
        for event in list(self.events):  # only disburse may be dated before
            if event["date"] < day and event["type"] != "disburse":
                self.events.remove(event)
        part = rng.choice([0, 1, self.lent // 4, self.lent // 2, self.plan[0].principal_due, self.lent])
        taken = self.add("opening", day, part, self.late_record(day))
        for _ in range(rng.randint(0, 4)):
            day = day + days(rng.choice([0, 1, 29, 31, 60]))
            self.pay(day, rng.choice([self.plan[0].principal_due, self.lent // 3, self.lent]))
        if rng.random() < 0.3:
            self.add("write-off", day + days(3))
        self.reverse(taken, 0.05)

    def uncovered(self):
        """A payment becomes credit, is refunded, and then turns out never to have been."""
        rng = self.rng
        day = self.some_date(self.disbursed, max(self.disbursed, min(self.frame.as_of, self.end + days(40))))
        money = rng.choice([self.lent // 4 + 1, self.lent, self.lent * 2])
        paid = self.add("repay", day, money, self.late_record(day))
        back = max(paid["recorded"], day) + days(rng.choice([0, 1, 20]))
        if rng.random() < 0.3:
            back = max(back, rng.choice(self.plan).due)
        refunds = rng.choice([[money], [money // 2 or 1], [money // 3 or 1, money // 3 or 1]])
        for part in refunds:
            refund = self.add("refund", back, part)
            back += days(rng.choice([0, 1, 33]))
        self.reverse(paid, recorded=refund["recorded"] + days(rng.choice([0, 0, 3, 60])))
        if rng.random() < 0.4:
            self.pay(back + days(rng.choice([0, 5])), money)

    # text

    def as_text(self, event):
        return {"event_id": event["event_id"], "type": event["type"], "date": event["date"].isoformat()}

    def event_rows(self):
        rows = []
        for event in self.events:
            row = {key: value for key, value in event.items() if key != "minor" and value is not None}
            row["date"], row["recorded"] = event["date"].isoformat(), event["recorded"].isoformat()
            if row["recorded"] == row["date"] and int(event["event_id"][1:]) % 3:
                del row["recorded"]
            if event["minor"] is not None:
                row["amount"] = self.program.text(event["minor"])
            rows.append(row)
        return rows

    def drop(self, event_id):
        """Drop an event and whatever refers to it."""
        self.events = [event for event in self.events if event["event_id"] != event_id]
        for event in [event for event in self.events if event.get("ref") == event_id]:
            self.drop(event["event_id"])

    def fault(self, asked):
        rows = self.event_rows()
        book = model.Book({self.program.id: self.program}, [self.row], rows, self.plan_rows)
        try:
            model.judge(book, book.loans[0], asked)
        except model.Refused as fault:
            return fault
        return None

    def surely_refused(self, asked):
        """Whether `day` fits a first_due where missing_day moved it into the next month, the texts do not say."""
        fault = self.fault(asked)
        return fault is not None and not fault.reason.startswith("first_due is not day")

    def repair(self, asked):
        """Drop what is refused until the rest is accepted; False where the loan itself is."""
        while (fault := self.fault(asked)) is not None:
            if not fault.event:
                return False
            self.drop(fault.event)
        return True

    def spoil(self):
        """Something that is surely refused."""
        rng = self.rng
        first = self.agreed + days(1)
        choice = rng.randint(0, 4)
        if choice == 0:
            self.row["principal"] = self.program.text(self.maker.top + self.maker.multiple)
        elif choice == 1:
            self.add("refund", first, 10**26)
        elif choice == 2:
            self.add("opening", first, 0)
            self.add("opening", first, 0)
        elif choice == 3:
            self.add("recover", self.disbursed, 1, self.disbursed + days(2000))
        else:
            self.row["installments"] = "999"


class Frame:
    """The dates the run is asked for."""

    def __init__(self, rng, era):
        self.as_of = era + days(rng.randint(60, 1500))
        if rng.random() < 0.5:
            self.as_of = date(self.as_of.year, self.as_of.month, model.days_in_month(self.as_of.year, self.as_of.month))
        self.as_of = min(self.as_of, model.LAST_DAY)
        self.known_at = self.start = self.start_known_at = None
        if rng.random() < 0.5:
            self.known_at = min(self.as_of + days(rng.choice([-60, -5, 0, 0, 7, 30, 100])), model.LAST_DAY)
        if rng.random() < 0.7:
            self.start = max(era + days(1), self.as_of - days(rng.choice([0, 29, 30, 89, 364, rng.randint(0, 800)])))
            if rng.random() < 0.5:
                self.start = self.start.replace(day=1)
            if rng.random() < 0.6:
                self.start_known_at = self.start + days(rng.choice([-1, -1, -1, 5, 40]))
                if self.known_at and self.start_known_at > self.known_at:
                    self.start_known_at = self.known_at


# --------------------------------------------------------------------------------------------------------- the book


def write_table(rng, path, rows, columns, needed):
    """A CSV file in one of its permitted shapes; rows and columns in any order."""
    rows, columns = list(rows), list(columns)
    rng.shuffle(rows)
    if rng.random() < 0.5:
        rng.shuffle(columns)
    if rng.random() < 0.5:
        columns = [column for column in columns if column in needed or any(row.get(column) for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator=rng.choice(["\n", "\n", "\r\n"]),
                            quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))  # fmt: skip
    writer.writeheader()
    writer.writerows({name: value for name, value in row.items() if value != "" or name in columns} for row in rows)
    bom = "\ufeff" if rng.random() < 0.2 else ""
    path.write_text(bom + text.getvalue(), encoding="utf-8", newline="")


def unidentified(rng, frame):
    rows = []
    for k in range(rng.choice([0, 0, 1, 3, 6])):
        day = frame.as_of - days(rng.choice([-5, 0, 1, 30, 100]))
        amount = rng.choice(["100", "250.50", "1000.00", "7"])
        rows.append({"event_id": f"u{k}", "date": day.isoformat(), "type": "unidentified", "amount": amount,
                     "document": rng.choice(["", "bank, page 3"]),
                     "recorded": (day + days(rng.choice([0, 0, 10]))).isoformat()})  # fmt: skip
        if rng.random() < 0.4:
            found = day + days(rng.randint(10, 40))
            rows.append({"event_id": f"v{k}", "date": found.isoformat(), "type": "reverse", "ref": f"u{k}"})
            if rng.random() < 0.3:
                later = (found + days(3)).isoformat()
                rows.append({"event_id": f"w{k}", "date": later, "type": "reverse", "ref": f"v{k}"})
    return rows


def within_calendar(rows, names):
    return all(not row.get(name) or row[name] <= model.LAST_DAY.isoformat() for row in rows for name in names)


def make_calendar(rng, era):
    """nol: calendar/1, which need not cover all dates."""
    first = era + days(rng.choice([-400, 0, 100]))
    last = min(era + days(rng.choice([600, 3000, 9000])), model.LAST_DAY)
    off = sorted({first + days(rng.randint(0, (last - first).days)) for _ in range(rng.randint(0, 60))})
    long = first + days(rng.randint(0, (last - first).days // 2))
    off += [long + days(k) for k in range(rng.choice([0, 5, 12])) if long + days(k) not in off]
    return {"nol": "calendar/1", "id": "days", "from": max(first, date(1900, 1, 1)).isoformat(),
            "until": last.isoformat(), "weekend": rng.choice([["sat", "sun"], ["fri", "sat"], ["sun"]]),
            "holidays": [{"date": day.isoformat(), "name": f"Holiday {day}"} for day in sorted(off)
                         if date(1900, 1, 1) <= day <= last]}  # fmt: skip


def make_book(seed, out, loans=None, faulty=False, features=DEFAULT):
    rng = random.Random(seed)
    out = Path(out)
    (out / "rules").mkdir(parents=True, exist_ok=True)
    era = rng.choices(
        [date(2024, 1, 2), date(2019, 12, 31), date(1900, 1, 1), date(2098, 6, 30), date(2190, 3, 31)], [8, 4, 1, 1, 1]
    )[0]
    frame = Frame(rng, era)
    asked = model.Asked(frame.as_of, frame.known_at, frame.start, frame.start_known_at)
    now_only = model.Asked(frame.as_of, frame.known_at)

    names = rng.sample(["dana", "Dana-2", "modal", "usaha-b", "a1"], rng.randint(1, 3))
    currencies = rng.sample(CURRENCIES, 2)
    makers = [RuleMaker(rng, name, rng.choice(currencies), era, features) for name in names]
    if "holidays" in features:
        text = json.dumps(make_calendar(rng, era), indent=1)
        (out / "rules" / "calendar.yaml").write_text(text + "\n", encoding="utf-8", newline="")
    for maker in makers:
        (out / "rules" / f"{maker.name}.yaml").write_text(maker.text(), encoding="utf-8", newline="")
    programs = model.read_rules(out / "rules")

    accounts = []
    for k in range(loans or rng.randint(20, 60)):
        maker = rng.choice(makers)
        account_id = rng.choice(["L", "l-", "Ä", "K 0", "9"]) + str(k)
        account = LoanMaker(rng, account_id, maker, programs[maker.name], frame)
        sector = rng.choice(SECTORS)
        account.row.update(district=rng.choice(DISTRICTS), sector=account.row.get("sector", sector),
                           officer=rng.choice(NAMES), junk=rng.choice(["", "x"]))  # fmt: skip
        account.events = [e for e in account.events if max(e["date"], e["recorded"]) <= model.LAST_DAY]
        known = {e["event_id"] for e in account.events}
        for event in list(account.events):
            if event.get("ref") and event["ref"] not in known:
                account.drop(event["event_id"])
        if not within_calendar([account.row], ["agreed", "disbursed", "recorded", "first_due"]):
            continue
        if faulty and rng.random() < 0.1:
            account.spoil()
        if faulty and rng.random() < 0.4 and account.surely_refused(now_only):
            accounts.append(account)  # stays in
        elif account.repair(asked):
            accounts.append(account)

    for maker in makers:
        if maker.maybe("budget", 0.4):
            maker.set_budget([a.row for a in accounts if a.maker is maker], faulty)
            (out / "rules" / f"{maker.name}.yaml").write_text(maker.text(), encoding="utf-8", newline="")

    extra = ["district", "sector", "officer", "junk"]
    attributes = rng.sample(["district", "sector"], rng.randint(0, 2))
    carry = [name for name in ["officer", "district"] if rng.random() < 0.4]
    used = ["sector"] if any("by" in m.rules["principal"] or '"who"' in json.dumps(m.rules) for m in makers) else []
    ignore = [name for name in extra if name not in attributes + carry + used]
    options = ["--rules", "rules"]
    halves = [(0, 1)] if rng.random() < 0.5 else [(0, 2), (1, 2)]
    for part, of in halves:
        options += ["--loans", f"loans-{part + 1}.csv"]
        rows = [account.row for k, account in enumerate(accounts) if k % of == part]
        needed = ["account_id", "program", "principal", "disbursed"] + extra
        write_table(rng, out / options[-1], rows, LOAN_COLUMNS.split() + extra, needed)
    events = [row for account in accounts for row in account.event_rows()] + unidentified(rng, frame)
    events = [row for row in events if within_calendar([row], ["date", "recorded"])]
    rng.shuffle(events)
    halves = [(0, 1)] if rng.random() < 0.5 else [(0, 2), (1, 2)]
    for part, of in halves:
        options += ["--events", f"events-{part + 1}.csv"]
        needed = ["event_id", "account_id", "date", "type", "amount"]
        columns = EVENT_COLUMNS.split() + [name for name in FEATURE_COLUMNS.split()
                                           if any(row.get(name) for row in events)]  # fmt: skip
        write_table(rng, out / options[-1], events[part::of], columns, needed)
    plan_rows = [row for account in accounts for row in account.plan_rows]
    if plan_rows:
        options += ["--plan", "plan.csv"]
        columns = ["account_id", "n", "due", "amount"]
        write_table(rng, out / "plan.csv", plan_rows, columns, columns)
    for name, day in [("--as-of", frame.as_of), ("--known-at", frame.known_at), ("--from", frame.start),
                      ("--from-known-at", frame.start_known_at)]:  # fmt: skip
        options += [name, day.isoformat()] if day else []
    for name, columns in [("--attribute", attributes), ("--carry", carry), ("--ignore", ignore)]:
        for column in columns:
            options += [name, column]
    if faulty:
        options.append("--quarantine")
    (out / "options").write_text("\n".join(options) + "\n", encoding="utf-8", newline="")
    return options


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--loans", type=int)
    parser.add_argument("--faulty", action="store_true")
    parser.add_argument("--features", help="all, none, or names of FEATURES separated by commas")
    options = parser.parse_args()
    make_book(options.seed, options.out, options.loans, options.faulty, features_of(options.features))


if __name__ == "__main__":
    main()
