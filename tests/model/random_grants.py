#!/usr/bin/env python3
"""Write a random book of grants with its rules, for comparing two implementations.

    random_grants.py --seed S --out DIR [--grants N] [--faulty] [--features lapse,clawback,...]

DIR gets rules/*.yaml, grants-*.csv, events-*.csv and `options`, as from random_book.py: the same seed and features give
the same book, what the model refuses is repaired or dropped, and with --faulty some of it stays in and --quarantine is
asked for. Events and the as-of date fall on, before and after the deadlines that the rules make.
"""
import argparse
import json
import random
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import grant_model as model
from model import LAST_DAY, Program, Refused, add_span, amount_text, as_text, days_in_month, to_span
from random_book import CURRENCIES, DISTRICTS, NAMES, SECTORS, reach, within_calendar, write_table

ENGINE_HAS_GRANTS = True  # True: by default books have all that FEATURES says the engine has

# Clauses and events. True: books have it by default, once the engine has grants at all.
FEATURES = {
    "in-kind": True,
    "conditions": True,  # releases and clauses other than `agreement`
    "lapse": True,
    "reports": True,
    "year-due": True,  # reports due on {month, day, year, after}
    "eligible": True,
    "clawback": True,
    "declining": True,
    "arrears": True,
    "amendments": True,
    "budget": True,
    "cancel": True,
    "reverse": True,
    "late": True,  # events recorded after their date, --known-at
}
CATEGORIES = ["equipment", "material", "travel", "équipement"]
HAPPENINGS = ["asset-sold", "moved", "fire"]
GRANT_COLUMNS = "account_id program agreed award recorded borrower_id"
EVENT_COLUMNS = "event_id account_id date type amount recorded seq document ref component note"


def features_of(text):
    """A command-line word: `all`, `none` or names separated by commas; None is what the engine has."""
    if text is None:
        return frozenset(name for name, known in FEATURES.items() if known and ENGINE_HAS_GRANTS)
    names = {"all": list(FEATURES), "none": []}.get(text, text.split(","))
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise SystemExit(f"no feature {', '.join(unknown)}; there are {', '.join(FEATURES)}")
    return frozenset(names)


def engine_lacks_it(text):
    """Whether there is nothing to compare: nobody named features, and the engine has no grants."""
    return text is None and not ENGINE_HAS_GRANTS


def days(n):
    return timedelta(days=n)


# ----------------------------------------------------------------------------------------------------------- rules


def put(rules, path, value):
    *parents, last = path.split(".")
    node = reach(rules, ".".join(parents)) if parents else rules
    if isinstance(node, list):
        at = [element["id"] for element in node].index(last)
        node[at : at + 1] = [] if value == "absent" else [value]
    elif value == "absent":
        node.pop(last, None)
    else:
        node[last] = value


NESTING_MAX = 8  # of a rule file; what an amendment says stands at 5


def nesting(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(nesting, inner), default=0)


class RuleMaker:
    """One program with amendments. Its limits are such that every tranche of an allowed award is above 0."""

    def __init__(self, rng, name, currency, era, as_of, features):
        self.rng, self.name, self.era, self.as_of, self.features = rng, name, era, as_of, features
        self.code, self.decimals = currency
        self.units = [rng.choice([1, 1, 5, 10, 333, 1000]) for _ in range(2)]
        self.least = max(self.units) * 100 * rng.choice([1, 3, 50])
        self.most = self.least * rng.randint(2, 20)
        if rng.random() < 0.05:
            self.most = rng.randrange(10**24, 10**25)
        self.tranche_ids = [f"T{k}" for k in range(1, rng.randint(1, 4) + 1)]
        self.report_ids = [f"R{k}" for k in range(1, rng.randint(1, 3) + 1)] if "reports" in features else []
        self.rules = self.base()
        self.amendments = self.amend(rng.choice([0, 1, 2, 4, 6])) if "amendments" in features else []
        self.budget = None

    def maybe(self, feature, odds=0.5):
        return feature in self.features and self.rng.random() < odds

    def amount(self, minor):
        text = amount_text(minor, self.decimals)
        if self.decimals == 0:
            return self.rng.choice([minor, text, f"{minor:_}"])
        return text

    def rounding(self):
        mode = self.rng.choice(["down", "up", "half-up", "half-even"])
        return {"unit": self.amount(self.rng.choice(self.units)), "mode": mode}

    def span(self, short=False):
        rng = self.rng
        if short:
            return rng.choice(["0 days", "1 day", "10 days", "30 days", "2 weeks", "1 month"])
        return rng.choice(["30 days", "60 days", "90 days", "1 month", "3 months", "6 months", "26 weeks", "1 year"])

    def date_names(self, upto):
        """Dates that something of the tranches before `upto` may count from."""
        names = ["agreed"] + [f"{name}.paid" for name in self.tranche_ids[:upto]]
        names += ["last.paid"] if upto else []
        return names + [f"{name}.{what}" for name in self.report_ids for what in ("submitted", "accepted")]

    def some_day(self):
        if self.rng.random() < 0.5:
            return (self.as_of + days(self.rng.choice([-1, 0, 1]))).isoformat()
        return (self.era + days(self.rng.randint(0, 900))).isoformat()

    def leaf(self, upto):
        rng = self.rng
        kinds = ["event", "within", "within", "after", "after"]
        if self.report_ids:
            kinds += ["submitted", "accepted", "accepted"] + ["missing"] * 3
        if upto:
            kinds += ["accounted"] * 3
        kind = rng.choice(kinds)
        if kind in ("submitted", "accepted"):
            return {kind: rng.choice(self.report_ids)}
        if kind == "missing":
            return {"missing": rng.choice(self.report_ids), "for": self.span(short=True)}
        if kind == "accounted":
            share = rng.choice(["80%", "1/2", "100%", "100%"])
            return {"accounted": rng.choice(self.tranche_ids[:upto]), "at_least": share}
        if kind == "after":
            return {"after": self.some_day()}
        return self.happening(kind == "within", upto)

    def happening(self, within, upto):
        condition = {"event": self.rng.choice(HAPPENINGS)}
        if within:
            condition |= {"within": self.span(), "of": self.rng.choice(self.date_names(upto))}
        return condition

    def condition(self, upto, depth=2):
        rng = self.rng
        if "conditions" not in self.features:
            return "agreement"
        if depth and rng.random() < 0.3:
            parts = [self.condition(upto, depth - 1) for _ in range(rng.randint(1, 3))]
            return {rng.choice(["all", "any"]): parts}
        return self.leaf(upto) if rng.random() < 0.75 else "agreement"

    def tranches(self):
        """Amounts below a quarter of the least award, shares of 60 % at most, and the remainder."""
        rng, found = self.rng, []
        n = len(self.tranche_ids)
        rest = rng.randrange(n)
        for k, name in enumerate(self.tranche_ids):
            tranche = {"id": name}
            if k == rest and n == 1 and rng.random() < 0.3:
                tranche |= {"share": "100%", "rounding": {"unit": self.amount(1), "mode": "down"}}
            elif k == rest:
                tranche["remainder"] = True
            elif rng.random() < 0.3:
                tranche["amount"] = self.amount(self.least // 4 // n)
            else:
                tranche |= {"share": rng.choice(["10%", "1/6", "20%", "12.5%"]), "rounding": self.rounding()}
            if self.maybe("in-kind", 0.2):
                tranche["in_kind"] = rng.random() < 0.9
            tranche["release"] = "agreement" if k == 0 and rng.random() < 0.8 else self.condition(k)
            if self.maybe("lapse", 0.5):
                tranche["lapse"] = self.after_plus(k)
            found.append(tranche)
        return found

    def after_plus(self, upto):
        return {"after": self.rng.choice(self.date_names(upto)), "plus": self.span()}

    def due(self, k):
        rng = self.rng
        names = ["agreed", "last.paid"] + [f"{name}.paid" for name in self.tranche_ids]
        names += [f"{name}.{what}" for name in self.report_ids[:k] for what in ("submitted", "accepted")]
        if self.maybe("year-due", 0.4):
            return {"month": rng.randint(1, 12), "day": rng.choice([1, 10, 28, rng.randint(1, 28)]),
                    "year": rng.choice(["same", "next"]), "after": rng.choice(names)}  # fmt: skip
        return {"after": rng.choice(names), "plus": self.span()}

    def reports(self):
        found = []
        for k, name in enumerate(self.report_ids):
            covers = self.rng.sample(self.tranche_ids, self.rng.randint(1, len(self.tranche_ids)))
            found.append({"id": name, "covers": covers, "due": self.due(k)})
        return found

    def clause(self, name):
        rng, upto = self.rng, len(self.tranche_ids)
        fixed = rng.choice([self.least // 2, rng.randint(1, self.least)])
        amount = rng.choice(["paid", "unaccounted", self.amount(fixed)])
        clause = {"id": name, "when": self.condition(upto, depth=1), "amount": amount}
        if self.maybe("declining", 0.4) and "conditions" in self.features:
            clause["when"] = self.happening(rng.random() < 0.7, upto)
            clause["declining"] = {"months": rng.choice([1, 7, 12, 24]), "of": rng.choice(self.date_names(upto))}
            clause["rounding"] = self.rounding()
        return clause

    def clawback(self):
        rng = self.rng
        clauses = [self.clause(name) for name in rng.sample(["no-report", "unspent", "sold", "x"], rng.randint(1, 4))]
        return {"combine": rng.choice(["largest", "sum"]), "payable": self.span(short=True), "clauses": clauses}

    def arrears(self):
        bounds = sorted(self.rng.sample([0, 1, 10, 30, 90], self.rng.randint(0, 3)))
        starts = [0] + [bound + 1 for bound in bounds]
        classes = []
        for k, start in enumerate(starts):
            last = bounds[k] if k < len(bounds) else ""
            provision = self.rng.choice(["0%", "0.5%", "1/3", "100%", "33.33%"])
            classes.append({"id": f"class-{k}", "range": f"{start}..{last}", "provision": provision})
        return {"classes": classes, "provision": {"rounding": self.rounding()}}

    def base(self):
        rules = {
            "nol": "rules/1", "kind": "grant", "id": self.name, "title": f"Programme {self.name}",
            "status": "illustrative", "currency": {"code": self.code, "decimals": self.decimals},
            "in_force": self.era.isoformat(),
            "award": {"min": self.amount(self.least), "max": self.amount(self.most)},
            "tranches": self.tranches(),
        }  # fmt: skip
        if self.report_ids:
            rules["reports"] = self.reports()
        if self.maybe("eligible", 0.7):
            rules["eligible"] = self.eligible()
        if self.maybe("clawback", 0.9):
            rules["clawback"] = self.clawback()
            if self.maybe("arrears", 0.8):
                rules["arrears"] = self.arrears()
        return rules

    def eligible(self):
        rng = self.rng
        clause = {"share_max": rng.choice(["50%", "1/3", "100%", "87.5%"]), "rounding": self.rounding()}
        if rng.random() < 0.6:
            clause["categories"] = rng.sample(CATEGORIES, rng.randint(1, 3))
        return clause

    def changes(self, rules):
        """Paths that can be amended, each with its new value."""
        rng = self.rng
        found = [("award.max", self.amount(self.most + rng.randint(0, self.least)))]
        for k, tranche in enumerate(rules["tranches"]):
            found.append((f"tranches.{tranche['id']}.release", self.condition(k)))
            if "lapse" in self.features:
                found.append((f"tranches.{tranche['id']}.lapse", rng.choice(["absent", self.after_plus(k)])))
            if "share" in tranche and tranche["share"] != "100%":
                found.append((f"tranches.{tranche['id']}.share", rng.choice(["5%", "1/7", "20%"])))
        for k, report in enumerate(rules.get("reports", [])):
            found.append((f"reports.{report['id']}.due", self.due(k)))
        if "eligible" in rules:
            found.append(("eligible.share_max", rng.choice(["40%", "1/7", "100%"])))
            found.append(("eligible.categories", rng.choice(["absent", rng.sample(CATEGORIES, 2)])))
        if "clawback" in rules:
            found += [("clawback.combine", rng.choice(["largest", "sum"])), ("clawback.payable", self.span(short=True))]
            for clause in rules["clawback"]["clauses"]:
                path = f"clawback.clauses.{clause['id']}"
                found.append((f"{path}.amount", rng.choice(["paid", "unaccounted", self.amount(self.least)])))
                found.append((path, self.clause(clause["id"])))
                if len(rules["clawback"]["clauses"]) > 1:
                    found.append((path, "absent"))
        for item in rules.get("arrears", {}).get("classes", []):
            found.append((f"arrears.classes.{item['id']}.provision", rng.choice(["2%", "50%", "1/7"])))
        return found

    def amend(self, count):
        rules, amendments = deepcopy(self.rules), []
        starts = sorted(self.era + days(self.rng.randint(1, 900)) for _ in range(count))
        for start in starts:
            changes = []
            for _ in range(self.rng.randint(1, 2)):
                path, value = self.rng.choice(self.changes(rules))
                stands = deepcopy(reach(rules, path))
                if stands == value == "absent" or max(nesting(stands), nesting(value)) > NESTING_MAX - 5:
                    continue
                changes.append({"path": path, "was": stands, "value": deepcopy(value)})
                put(rules, path, deepcopy(value))
            if changes:
                amendments.append({"from": start.isoformat(), "set": changes})
        return amendments

    def set_budget(self, rows):
        """A ceiling that some of the awards reach to the unit, raised in the course of a year, too."""
        rng, program = self.rng, self.program()
        agreed = {}
        for row in sorted(rows, key=lambda row: (row["agreed"], row["account_id"].encode())):
            agreed.setdefault(row["agreed"][:4], []).append((row["agreed"], program.amount(row["award"])))
        budget, raised = {}, []
        for year in sorted(agreed):
            whole = sum(amount for _, amount in agreed[year])
            some = sum(amount for _, amount in agreed[year][: rng.randint(1, len(agreed[year]))])
            most = rng.choice([whole, whole + 1, whole + self.most, some, some])
            budget[year] = self.amount(most)
            if self.maybe("amendments", 0.4):
                start = rng.choice(agreed[year])[0]
                budget[year] = self.amount(sum(amount for day, amount in agreed[year] if day < start))
                change = {"path": f"award.budget.{year}", "was": budget[year], "value": self.amount(most)}
                raised.append({"from": start, "set": [change]})
        if budget:
            self.rules["award"]["budget"] = budget
            self.amendments += raised

    def as_rules(self):
        rules = deepcopy(self.rules)
        if self.amendments:
            rules["amendments"] = self.amendments
        return rules

    def program(self):
        return Program(as_text(json.loads(json.dumps(self.as_rules()), parse_int=str)))

    def text(self):
        return json.dumps(self.as_rules(), ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------------------------------------------- one account


class AccountMaker:
    """A grant and its events, made one after the other near the deadlines of what is there already, and such that
    deadlines fall on, before and after as-of."""

    def __init__(self, rng, maker, account_id, features):
        self.rng, self.maker, self.features = rng, maker, features
        self.program, self.as_of = maker.program(), maker.as_of
        self.events, self.count = [], 0
        room = max(3, (self.as_of - maker.era).days)
        early = maker.era + days(rng.randint(0, room // 3))
        self.agreed = rng.choice([maker.era, early, early, maker.era + days(rng.randint(0, room)), self.before_as_of()])
        self.row = {
            "account_id": account_id, "program": maker.name, "agreed": self.agreed.isoformat(),
            "award": amount_text(self.award(), maker.decimals), "borrower_id": rng.choice(["", "b1", "b2", "b,3"]),
            "district": rng.choice(DISTRICTS), "sector": rng.choice(SECTORS), "name": rng.choice(NAMES),
        }  # fmt: skip
        if "late" in features and rng.random() < 0.2:
            soon, late = self.agreed + days(rng.choice([0, 1, 30])), self.as_of + days(rng.choice([-30, -29, 1]))
            self.row["recorded"] = max(self.agreed, rng.choice([soon, late])).isoformat()
        if self.grant_fault() is None and self.agreed <= LAST_DAY:
            self.live()

    def before_as_of(self):
        """A day from which some span of the rules ends at as-of, or a day off."""
        rng = self.rng
        texts = self.spans(self.program.rules) + ["0 days", "1 month", "2 months", "1 year"]
        number, unit = to_span(rng.choice(texts))
        return max(self.maker.era, add_span(self.as_of, (-number, unit)) + days(rng.choice([-1, 0, 0, 1])))

    def award(self):
        rng, maker = self.rng, self.maker
        return rng.choice([maker.least, maker.most, rng.randint(maker.least, maker.most),
                           rng.randint(maker.least, min(maker.most, 2 * maker.least))])  # fmt: skip

    def book(self, extra=()):
        rows = [self.event_row(event) for event in [*self.events, *extra]]
        return model.Book({self.program.id: self.program}, [self.row], rows)

    def grant_fault(self):
        try:
            model.check_grant(self.book().grants[0])
        except Refused as fault:
            return fault
        return None

    def state(self, day):
        """The account as it stands, whatever was recorded late; None where it is refused."""
        book = self.book()
        try:
            account = model.Account(book.grants[0], book.events[self.row["account_id"]], day)
            return account.run()
        except Refused:
            return None

    def deadlines(self, account):
        """The last days of all that ends some time: lapses, reports, conditions, refunds and their classes."""
        grant, rules = account.grant, self.program.version(self.as_of)
        found = [account.lapse(tranche) for tranche in grant.tranches]
        dues = {report["id"]: account.due(report) for report in grant.reports}
        found += dues.values()
        for condition in self.nodes([grant.tranches, rules.get("clawback", {})]):
            if "missing" in condition:
                due = dues.get(condition["missing"])
                found += [due and add_span(due, to_span(condition["for"]))] * 6
            elif "within" in condition:
                start = account.date_of(condition["of"])
                found += [start and add_span(start, to_span(condition["within"])), start]
            elif "declining" in condition:
                start = account.date_of(condition["declining"]["of"])
                found.append(start and add_span(start, (self.rng.randint(0, 6), "month")))
        bounds = [0] + [int(item["range"].split("..")[1] or 0) for item in rules.get("arrears", {}).get("classes", [])]
        for _, day in account.notices if "clawback" in rules else []:
            found += [add_span(day, to_span(rules["clawback"]["payable"])) + days(bound) for bound in bounds]
        return [day for day in found if day]

    def align(self):
        """Move the whole history so that a deadline falls on as-of, or the day before or after it."""
        account = self.state(self.as_of)
        found = [day for day in self.deadlines(account) if abs((day - self.as_of).days) < 700] if account else []
        if not found:
            return
        shift = self.as_of - self.rng.choice(found) + days(self.rng.choice([-1, 0, 0, 1]))
        if self.agreed + shift < self.maker.era:
            return
        self.agreed += shift
        self.row["agreed"] = self.agreed.isoformat()
        if "recorded" in self.row:
            self.row["recorded"] = max(self.row["recorded"], self.row["agreed"])
        for event in self.events:
            event["date"] += shift
            if "recorded" in event:
                event["recorded"] += shift

    def nodes(self, rules):
        """All maps of the rules."""
        if isinstance(rules, dict):
            yield rules
            rules = list(rules.values())
        for value in rules if isinstance(rules, list) else []:
            yield from self.nodes(value)

    def spans(self, rules):
        """All spans of the rules, as texts."""
        words = ("for", "within", "payable", "plus")
        return [node[word] for node in self.nodes(rules) for word in words if word in node]

    def add(self, kind, day, ref="", minor=None, **more):
        self.count += 1
        event = {"event_id": f"{self.count}", "type": kind, "date": day, "ref": ref, "minor": minor, **more}
        rng = self.rng
        if "late" in self.features and rng.random() < 0.12:
            event["recorded"] = day + days(rng.choice([0, 1, 3, 30, 200]))
        if rng.random() < 0.1:
            event["seq"] = str(rng.choice([-1, 0, 1, 2]))
        self.events.append(event)
        return event

    def event_row(self, event):
        row = {key: value for key, value in event.items() if key != "minor"}
        row |= {"account_id": self.row["account_id"], "date": event["date"].isoformat(), "amount": ""}
        if "recorded" in event:
            row["recorded"] = event["recorded"].isoformat()
        if event["minor"] is not None:
            row["amount"] = self.program.text(event["minor"])
        return row

    def live(self):
        rng, day = self.rng, self.agreed
        if "cancel" in self.features and rng.random() < 0.08:
            self.add("cancel", rng.choice([day + days(rng.randint(0, 60)), self.agreed]), document="letter 1")
        for _ in range(rng.choice([0, 6, 15, 25, 35])):
            account = self.state(day + days(1000))
            if account is None:  # an event of the last step was one too many
                self.repair(model.Asked(day + days(1000)))
                continue
            day = self.next_day(account, day)
            if day > self.as_of + days(40) or day > LAST_DAY:
                break
            self.step(account, day)
        if "reverse" in self.features and self.events and rng.random() < 0.2:
            self.reverse()

    def next_day(self, account, day):
        rng = self.rng
        if rng.random() < (0.05 if len(self.events) < 4 else 0.25):
            return max(day, self.before_as_of())
        ahead = [when for when in self.deadlines(account) if when >= day]
        if ahead and rng.random() < 0.4:
            when = rng.choice([min(ahead), rng.choice(ahead)])
            return max(day, when + days(rng.choice([-1, 0, 0, 1])))
        if rng.random() < 0.1 and day > self.agreed:  # something dated back
            return self.agreed + days(rng.randint(0, (day - self.agreed).days))
        return day + days(rng.choice([0, 0, 1, 5, 20, rng.randint(0, 60)]))

    def step(self, account, day):
        rng, grant = self.rng, account.grant
        kind = rng.choice(["pay"] * 6 + ["account"] * 12 + ["return", "return", "notice", "notice"] + ["event"] * 3)
        if kind == "pay":
            self.pay(account, day)
        elif kind == "account" and grant.report_ids:
            self.account_for(account, day)
        elif kind == "return" and account.total_paid:
            left = account.total_paid - account.returned
            rest = left - sum(account.accounted().values())
            self.add("return", day, minor=max(1, rng.choice([left, rest, rest, left // 2, 1, left // 3])))
        elif kind == "event":
            self.happen(account, day)
        elif kind == "notice" and "clawback" in self.maker.rules:
            names = [clause["id"] for rules in model.all_versions(self.program)
                     for clause in rules.get("clawback", {}).get("clauses", [])]  # fmt: skip
            self.add("notice", day, rng.choice(names))

    def happen(self, account, day):
        """Something happens, often whole months after a date that a declining clause counts from."""
        rng = self.rng
        clauses = self.program.version(self.as_of).get("clawback", {}).get("clauses", [])
        declining = [clause for clause in clauses if "declining" in clause]
        if not declining or rng.random() < 0.3:
            names = sorted(model.event_names(account.grant))
            if names:
                self.add("event", day, rng.choice(names))
            return
        clause = rng.choice(declining)
        start = account.date_of(clause["declining"]["of"])
        if start:
            day = max(self.agreed, add_span(start, (rng.randint(0, 6), "month")) + days(rng.choice([-1, 0, 0, 1])))
        self.add("event", day, clause["when"]["event"])

    def pay(self, account, day):
        rng, grant = self.rng, account.grant
        open_ones = [name for name in grant.planned if account.paid[name] < grant.planned[name]]
        if not open_ones:
            return
        releases = {tranche["id"]: tranche["release"] for tranche in grant.tranches}
        released = [name for name in open_ones if account.holds(releases[name], day)]
        lapses = {tranche["id"]: account.lapse(tranche) for tranche in grant.tranches}
        last = [name for name in released if lapses[name] and 0 <= (lapses[name] - day).days <= 1]
        if last and rng.random() < 0.7:
            self.add("pay", lapses[last[0]], last[0], 1)
            return
        name = rng.choice([(released or open_ones)[0], rng.choice(released or open_ones), rng.choice(open_ones)])
        left = grant.planned[name] - account.paid[name]
        self.add("pay", day, name, rng.choice([left, left, left // 2, 1]) or 1)

    def account_for(self, account, day):
        """Spend, report, accept or reject: mostly in this order."""
        rng, grant = self.rng, account.grant
        name = rng.choice(grant.report_ids)
        report = account.reports[name]
        if report.submitted and not report.accepted and rng.random() < 0.8:
            claimed = sum(amount for _, amount in report.claims)
            amount = rng.choice([None, None, claimed, claimed // 2, claimed + 1])
            if rng.random() < 0.75:
                self.add("accept", day, name, amount or None)
            else:
                self.add("reject", day, name)
        elif rng.random() < (0.7 if report.claims else 0.1):
            self.add("report", day, name)
        else:
            part = max(1, account.total_paid or grant.award // 2)
            self.add("spend", day, name, max(1, rng.choice([part, part * 2, part // 3, part * 4 // 5, 1])),
                     component=rng.choice(CATEGORIES))  # fmt: skip

    def reverse(self):
        rng = self.rng
        for _ in range(rng.randint(1, 2)):
            victim = rng.choice(self.events)
            known = victim.get("recorded", victim["date"])
            day = max(victim["date"], known) + days(rng.choice([0, 1, 20]))
            back = self.add("reverse", day, victim["event_id"])
            if rng.random() < 0.3:
                self.add("reverse", back.get("recorded", day) + days(rng.choice([1, 5])), back["event_id"])

    # what is refused

    def drop(self, event_id):
        """Drop an event and whatever refers to it."""
        self.events = [event for event in self.events if event["event_id"] != event_id]
        for event in [event for event in self.events if event["type"] == "reverse" and event["ref"] == event_id]:
            self.drop(event["event_id"])

    def fault(self, asked):
        book = self.book()
        try:
            model.position(book, book.grants[0], asked)
        except Refused as fault:
            return fault
        return None

    def repair(self, asked):
        """Drop what is refused until the rest is accepted; False where the grant itself is."""
        while (fault := self.fault(asked)) is not None:
            if not fault.event:
                return False
            self.drop(fault.event)
        return True

    def spoil(self):
        """Something that is surely refused."""
        rng, first = self.rng, self.agreed
        choice = rng.randint(0, 9)
        if choice == 0:
            self.row["award"] = self.program.text(self.maker.most * 3)
        elif choice == 1:
            self.add("pay", first, self.maker.tranche_ids[0], 10**26)
        elif choice == 2:
            self.add("return", first, minor=10**26)
        elif choice == 3:
            self.add("pay", first, "T99", 1)
        elif choice == 4:
            self.add("pay", first, self.maker.tranche_ids[0], 0)
        elif choice == 5:
            self.add("cancel", first)
        elif choice == 6:
            self.row["agreed"] = (self.maker.era - days(1)).isoformat()
            self.row.pop("recorded", None)
        elif choice == 7:
            self.row["program"] = "nobody's"
        elif choice == 8:
            self.add("repay", first, minor=1)
        else:
            self.add("event", first - days(1), "moved")


# ------------------------------------------------------------------------------------------------------- the book


def cancel_on_agreements(rng, accounts):
    """Budgets are free again on the day on which something else is agreed."""
    for each in accounts:
        for event in each.events:
            later = [other.agreed for other in accounts if other.maker is each.maker and other.agreed > each.agreed]
            if event["type"] == "cancel" and later and rng.random() < 0.7:
                event["date"] = min(later)
                event.pop("recorded", None)


def within_budgets(accounts, as_of, known_at):
    """The accounts that their programs' budgets take."""
    programs = {each.maker.name: each.maker.program() for each in accounts}
    events = [each.event_row(event) for each in accounts for event in each.events]
    book = model.Book(programs, [each.row for each in accounts], events)
    _, refusals = model.judge_all(book, model.Asked(as_of, known_at))
    refused = {fault.account for fault in refusals}
    return [each for each in accounts if each.row["account_id"] not in refused]


def make_book(seed, out, grants=None, faulty=False, features=frozenset(FEATURES)):
    rng = random.Random(seed)
    out = Path(out)
    (out / "rules").mkdir(parents=True, exist_ok=True)
    era = rng.choices([date(2024, 1, 2), date(2019, 12, 31), date(1900, 1, 1), date(2190, 3, 31)], [8, 4, 1, 1])[0]
    as_of = min(era + days(rng.randint(100, 1500)), LAST_DAY)
    if rng.random() < 0.3:
        as_of = as_of.replace(day=days_in_month(as_of.year, as_of.month))
    known_at = None
    if "late" in features and rng.random() < 0.4:
        known_at = min(max(era, as_of + days(rng.choice([-30, 0, 0, 30, 200]))), LAST_DAY)
    names = rng.sample(["hibah", "Hibah-2", "alat", "a1"], rng.randint(1, 3))
    currencies = rng.sample(CURRENCIES, 2)
    makers = [RuleMaker(rng, name, rng.choice(currencies), era, as_of, features) for name in names]
    count = grants or rng.choice([1, 5, 15, 25])
    ids = rng.sample([f"{prefix}{k}" for prefix in ("g", "G", "é", "a b ") for k in range(count)], count)
    accounts = [AccountMaker(rng, rng.choice(makers), name, features) for name in ids]
    for each in accounts:
        if rng.random() < 0.6:
            each.align()
    cancel_on_agreements(rng, accounts)
    accounts = [each for each in accounts if each.repair(model.Asked(as_of, known_at))]
    for maker in makers:
        if "budget" in features and rng.random() < 0.6:
            maker.set_budget([each.row for each in accounts if each.maker is maker])
    if not faulty:
        accounts = within_budgets(accounts, as_of, known_at)
    for each in accounts if faulty else []:
        if rng.random() < 0.2:
            each.spoil()
    for maker in makers:
        (out / "rules" / f"{maker.name}.yaml").write_text(maker.text(), encoding="utf-8", newline="")
    rows = [each.row for each in accounts]
    events = [each.event_row(event) for each in accounts for event in each.events]
    if faulty and rows and rng.random() < 0.3:
        rows.append(dict(rng.choice(rows)))
    if faulty and rng.random() < 0.3:
        lost = {"event_id": "1", "account_id": "nobody", "type": "event", "date": era.isoformat(), "ref": "fire"}
        events.append(lost)
    return write_book(rng, out, rows, events, as_of, known_at, faulty)


def write_book(rng, out, rows, events, as_of, known_at, faulty):
    options = ["--rules", "rules"]
    attributes, carry = [["district"], ["sector", "district"], []][rng.randrange(3)], rng.choice([[], ["name"]])
    ignore = [name for name in ("district", "sector", "name") if name not in attributes + carry]
    needed = "account_id program agreed award district sector name".split()
    columns = GRANT_COLUMNS.split() + ["district", "sector", "name"]
    rows = [row for row in rows if within_calendar([row], ["agreed", "recorded"])]
    there = {row["account_id"] for row in rows}
    events = [row for row in events if within_calendar([row], ["date", "recorded"])]
    kept = {(row["account_id"], row["event_id"]) for row in events}
    events = [row for row in events if (row["account_id"] in there or faulty)
              and (row["type"] != "reverse" or (row["account_id"], row["ref"]) in kept)]  # fmt: skip
    for word, table, names, must in [
        ("grants", rows, columns, needed),
        ("events", events, EVENT_COLUMNS.split(), "event_id account_id date type amount".split()),
    ]:
        table = [{key: value for key, value in row.items() if value} for row in table]
        rng.shuffle(table)
        parts = rng.choice([1, 1, 2])
        for part in range(parts):
            options += [f"--{word}", f"{word}-{part + 1}.csv"]
            write_table(rng, out / options[-1], table[part::parts], names, must)
    options += ["--as-of", as_of.isoformat()] + (["--known-at", known_at.isoformat()] if known_at else [])
    for name, chosen in [("--attribute", attributes), ("--carry", carry), ("--ignore", ignore)]:
        for column in chosen:
            options += [name, column]
    if faulty:
        options.append("--quarantine")
    (out / "options").write_text("\n".join(options) + "\n", encoding="utf-8", newline="")
    return options


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--grants", type=int)
    parser.add_argument("--faulty", action="store_true")
    parser.add_argument("--features", default="all", help="all, none, or names of FEATURES separated by commas")
    options = parser.parse_args()
    make_book(options.seed, options.out, options.grants, options.faulty, features_of(options.features))


if __name__ == "__main__":
    main()
