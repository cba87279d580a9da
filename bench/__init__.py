"""How fast the exchange is, beside bare programs that do the same work on the same broker, in the same run.

`make bench` runs everything and writes `bench.json`; `make bench ARGS=--short` is the small form for CI;
`python -m bench exchange demo` runs only what is named.

How to read the table:

- A row is one figure: the median of its runs, the bound it has to hold where it has one, and a verdict.
- **Ratios are judged**: both sides are measured in the same run, turn by turn, so that a slow or busy machine slows both. The
  median is over the rounds' ratios, not a ratio of medians: what disturbs one round disturbs both sides of its ratio.
- Memory is judged too, since it does not depend on who else uses the machine.
- **Absolute rates and times are printed and not judged**: `within` or `beyond` says how they stand to what is wished for on two
  quiet cores. The load of the machine at the beginning and the end stands below the table.
- `MISSED` is a judged bound that does not hold; the command ends with exit code 1 then, and lists what was missed.
- In the short form each judged ratio has the margin `bench.plan.MARGIN`, see there for its reason.

What each figure measures, exactly, is in the docstring of its file.
"""
