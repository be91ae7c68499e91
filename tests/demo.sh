#!/bin/sh
# sh tests/demo.sh NOL
# A month of the example book: compute it into build/demo, then show in numbers what happened.
set -eu
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
from=2026-10-01
as_of=2026-10-31
out=build/demo

mkdir -p build
"$nol" run --rules rules --loans examples/loans.csv --events examples/events.csv \
    --grants examples/grants.csv --events examples/grant-events.csv --attribute district --attribute sector --from $from --as-of $as_of --out $out

# The files are read in this order: arrears.csv says which program an account of allocations.csv belongs to.
awk -v from=$from -v as_of=$as_of '
# The fields of a CSV line, quotes honoured; their number.
function fields(line, into,    count, field, at) {
    split("", into)
    for (count = 1; ; count++) {
        if (substr(line, 1, 1) == "\"") {
            field = ""
            line = substr(line, 2)
            while ((at = index(line, "\"")) && substr(line, at + 1, 1) == "\"") {
                field = field substr(line, 1, at)
                line = substr(line, at + 2)
            }
            into[count] = field substr(line, 1, at - 1)
            line = substr(line, at + 1)
        } else {
            at = index(line, ",")
            into[count] = at ? substr(line, 1, at - 1) : line
            line = at ? substr(line, at) : ""
        }
        if (line == "") return count
        line = substr(line, 2)
    }
}

# 1234567.50 -> 1,234,567.50, on the text alone: nothing is rounded.
function money(text,    sign, rest, at) {
    sign = text ~ /^-/ ? "-" : ""
    sub(/^-/, "", text)
    at = index(text, ".")
    rest = at ? substr(text, at) : ""
    if (at) text = substr(text, 1, at - 1)
    while (length(text) > 3) {
        rest = "," substr(text, length(text) - 2) rest
        text = substr(text, 1, length(text) - 3)
    }
    return sign text rest
}

# Sums are taken in minor units, which are whole numbers.
function minor(text) {
    sub(/\./, "", text)
    return text + 0
}

function unminor(units, places,    text) {
    text = sprintf("%.0f", units)
    if (!places) return money(text)
    while (length(text) <= places) text = "0" text
    return money(substr(text, 1, length(text) - places) "." substr(text, length(text) - places + 1))
}

function places_of(text) {
    return index(text, ".") ? length(text) - index(text, ".") : 0
}

function percent(rate) {
    return rate == "" ? "-" : sprintf("%.1f %%", rate * 100)
}

function get(name) {
    return field[column[name]]
}

function note_group(    key) {
    key = get("group_by") SUBSEP get("group") SUBSEP get("currency")
    if (get("group_by") == "all") label[key] = "all programs"
    else label[key] = get("group")
    return key
}

function title(text) {
    printf "\n%s\n", text
}

FNR == 1 {
    file = FILENAME
    sub(/^.*\//, "", file)
    split("", column)
    for (i = fields($0, field); i > 0; i--) column[field[i]] = i
    next
}
{ fields($0, field) }

file == "arrears.csv" {
    program[get("account_id")] = get("program")
    currency[get("account_id")] = get("currency")
    if (get("days_past_due") + 0 > 0) {
        late["all", "all", get("currency")]++
        late["program", get("program"), get("currency")]++
    }
}
file == "allocations.csv" && get("date") >= from && get("date") <= as_of && get("type") ~ /^(repay|recover)$/ {
    sum = minor(get("principal")) + minor(get("fee")) + minor(get("penalty")) + minor(get("credit"))
    collected["all", "all", currency[get("account_id")]] += sum
    collected["program", program[get("account_id")], currency[get("account_id")]] += sum
}
file == "portfolio.csv" {
    key = note_group()
    by[key] = get("group_by")
    if (by[key] == "district") district[++districts] = key
    else if (by[key] != "sector") group[++groups] = key
    money_of[key] = get("currency")
    places[key] = places_of(get("outstanding"))
    accounts[key] = get("accounts")
    active[key] = get("active")
    outstanding[key] = get("outstanding")
    overdue[key] = get("overdue")
    provision[key] = get("provision")
    par30[key] = get("par30_rate")
}
file == "classes.csv" && get("group_by") == "program" {
    class[++classes] = sprintf("  %-20s %-4s %-15s %6d %16s %15s", get("group"), get("currency"), get("class"),
                               get("accounts"), money(get("outstanding")), money(get("provision")))
}
file == "movement.csv" && get("group_by") == "all" {
    movement[++movements] = get("currency")
    opening[movements] = get("opening")
    more[movements] = get("restated") + 0 != 0 ? "  + restated         " sprintf("%16s\n", money(get("restated"))) : ""
    more[movements] = more[movements] sprintf("  + taken over       %16s\n", money(get("taken_over")))
    more[movements] = more[movements] sprintf("  + disbursed        %16s\n", money(get("disbursed")))
    more[movements] = more[movements] sprintf("  - repaid           %16s\n", money(get("repaid")))
    more[movements] = more[movements] sprintf("  - written off      %16s\n", money(get("written_off")))
    if (get("forgiven") + 0 != 0)
        more[movements] = more[movements] sprintf("  - forgiven         %16s\n", money(get("forgiven")))
    closing[movements] = get("closing")
}
file == "grant_portfolio.csv" && get("group_by") ~ /^(all|program)$/ {
    key = note_group()
    grant[++grants] = sprintf("  %-20s %-4s %6d %16s %16s %16s %14s %15s %6d %14s", label[key], get("currency"),
                              get("grants"), money(get("awarded")), money(get("paid")), money(get("accounted")),
                              money(get("returned")), money(get("to_account")), get("reports_overdue"),
                              money(get("refund_outstanding")))
}
file == "unidentified.csv" { unplaced++ }

END {
    title("Loans on " as_of "; collected " from " to " as_of)
    printf "  %-20s %-4s %6s %6s %16s %14s %6s %14s %14s\n", "program", "", "loans", "active", "outstanding",
           "overdue", "late", "provision", "collected"
    for (i = 1; i <= groups; i++) {
        key = group[i]
        printf "  %-20s %-4s %6d %6d %16s %14s %6d %14s %14s\n", label[key], money_of[key], accounts[key],
               active[key], money(outstanding[key]), money(overdue[key]), late[key], money(provision[key]),
               unminor(collected[key], places[key])
    }
    title("Classes")
    printf "  %-20s %-4s %-15s %6s %16s %15s\n", "program", "", "class", "loans", "outstanding", "provision"
    for (i = 1; i <= classes; i++) print class[i]
    title("Movement of the outstanding, " from " to " as_of)
    for (i = 1; i <= movements; i++)
        printf "  opening %-4s       %16s\n%s  = closing          %16s\n%s", movement[i], money(opening[i]), more[i],
               money(closing[i]), i < movements ? "\n" : ""
    title("Largest districts by outstanding")
    printf "  %-20s %-4s %6s %16s %14s   %s\n", "district", "", "loans", "outstanding", "overdue",
           "outstanding of loans late > 30 days"
    for (m = 1; m <= movements; m++)
        for (n = 1; n <= 5; n++) {
            best = ""
            for (i = 1; i <= districts; i++) {
                key = district[i]
                if (money_of[key] == movement[m] && !shown[key] &&
                    (best == "" || outstanding[key] + 0 > outstanding[best] + 0))
                    best = key
            }
            if (best == "") break
            shown[best] = 1
            printf "  %-20s %-4s %6d %16s %14s   %s\n", label[best], money_of[best], accounts[best],
                   money(outstanding[best]), money(overdue[best]), percent(par30[best])
        }
    title("Grants on " as_of)
    printf "  %-20s %-4s %6s %16s %16s %16s %14s %15s %6s %14s\n", "program", "", "grants", "awarded", "paid",
           "accounted", "returned", "to account", "late", "to refund"
    for (i = 1; i <= grants; i++) print grant[i]
    if (unplaced)
        printf "\n%d payment%s nobody could place: see unidentified.csv\n", unplaced, unplaced == 1 ? "" : "s"
}' $out/arrears.csv $out/allocations.csv $out/portfolio.csv $out/classes.csv $out/movement.csv $out/grant_portfolio.csv \
    $out/unidentified.csv

cat <<END

The files are in $out/.  Look next at
  arrears.csv      every loan: what is owed, what is late, its class and allowance
  schedule.csv     every installment: due, paid, late
  allocations.csv  where each payment went
  portfolio.csv    totals by program, district and sector
  grant_positions.csv  every grant: paid, accounted for, overdue reports, refunds
Anyone can check them:  (cd $out && sha256sum -c SHA256SUMS)
END
