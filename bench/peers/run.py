#!/usr/bin/env python3
"""Attune against irspack and implicit on the same made data, in turns, one JSON line a comparison.

Every measurement is a process of its own, Attune's and the peer's by turns, `--rounds` times; what
is compared are medians over all sweeps of all rounds. Where a side fails, the others are still
compared and the status is 1. Run it through run.sh, which installs the peers; --peer is how it calls
itself.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# The peers have threads of their own; BLAS threads below them only cost time (implicit's manual).
SINGLE_BLAS = {name: "1" for name in
               ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")}


class Case:
    """One comparison: what Attune is asked for, and what the peer is asked for."""

    def __init__(self, group, peer, attune, options, figure, unit, factors=64):
        self.group = group
        self.peer = peer
        self.attune = attune      # arguments of collaborative_bench
        self.options = options    # of the peer's function
        self.figure = figure      # keys in Attune's line (by the clock, by processor time), and
                                  # fields that tell which line
        self.unit = unit
        self.factors = factors


def cases(arguments):
    sweeps = ["--sweeps", str(arguments.sweeps)]
    irspack = ["--objective", "two-weights", "--alpha", "1", "--unobserved-weight", "0.1",
               "--regularization", "0.003", "--exponent", "1"]
    # implicit takes the whole weight of an interaction, Attune what it has beyond the 1 of any pair.
    implicit = ["--objective", "confidence", "--alpha", "9", "--unobserved-weight", "1",
                "--regularization", "0.01", "--exponent", "0"]
    seconds = (("sweep_seconds", "sweep_cpu_seconds", {"benchmark": "als"}), "s a sweep")
    for factors in arguments.factors:
        rank = ["--factors", str(factors)]
        for method, solver in (("cholesky", "CHOLESKY"), ("cg", "CG"), ("subspace", "IALSPP")):
            if method not in arguments.methods:
                continue
            fit = ["--als", method, *rank, *sweeps]
            options = {"solver": solver}
            if method == "subspace":
                # Two blocks: with one, the method solves whole systems and is no other than Cholesky.
                options["block_size"] = factors // 2
                fit += ["--block-size", str(factors // 2)]
            yield Case("als", "irspack", fit + irspack, options, *seconds, factors)
            if method != "subspace":
                yield Case("als", "implicit", fit + implicit, {"use_cg": method == "cg"},
                           *seconds, factors)
        yield Case("top_k", "implicit", ["--top-k", *rank], {"customers": "all"},
                   ("customers_per_s", "cpu_customers_per_s",
                    {"benchmark": "top_k_all", "kind": "fitted"}),
                   "customers a second", factors)
        yield Case("top_k", "implicit", ["--top-k", *rank], {"customers": "one"},
                   ("microseconds", "microseconds", {"benchmark": "top_k_one", "kind": "fitted"}),
                   "us a customer", factors)
    for products in (20108, 40981):
        yield Case("top_k", "implicit", ["--top-k", "--factors", "64"],
                   {"customers": "one", "even_products": products},
                   ("microseconds", "microseconds",
                    {"benchmark": "top_k_one", "kind": "even", "products": products}),
                   "us a customer")
    yield Case("item_knn", "implicit", ["--item-knn", "--neighbours", "100"], {},
               ("seconds", "cpu_seconds", {"benchmark": "item_knn"}), "s a fit")
    yield Case("bpr", "implicit", ["--bpr", "--factors", "64"], {},
               ("epoch_seconds", "epoch_cpu_seconds", {"benchmark": "bpr"}), "s an epoch")


# --- what both sides are measured by ----------------------------------------------------------


def read_feedback(path):
    import numpy
    import scipy.sparse

    with open(path, "rb") as file:
        if file.read(8) != b"ATTUNEF1":
            raise ValueError(f"{path} holds no feedback")
        rows, columns, entries = (int(n) for n in numpy.fromfile(file, "<i8", 3))
        offsets = numpy.fromfile(file, "<i8", rows + 1)
        indices = numpy.fromfile(file, "<i4", entries)
        values = numpy.fromfile(file, "<f4", entries)
    if entries < 2**31:
        offsets = offsets.astype("int32")
    return scipy.sparse.csr_matrix((values, indices, offsets), shape=(rows, columns))


def read_factors(path):
    import numpy

    with open(path, "rb") as file:
        if file.read(8) != b"ATTUNEM1":
            raise ValueError(f"{path} holds no factors")
        customers, products, rank = (int(n) for n in numpy.fromfile(file, "<i8", 3))
        left = numpy.fromfile(file, "<f4", customers * rank).reshape(customers, rank)
        right = numpy.fromfile(file, "<f4", products * rank).reshape(products, rank)
    return left, right


def write_factors(path, customers, products):
    import numpy

    with open(path, "wb") as file:
        file.write(b"ATTUNEM1")
        numpy.array([*customers.shape[:1], *products.shape], "<i8").tofile(file)
        numpy.ascontiguousarray(customers, "<f4").tofile(file)
        numpy.ascontiguousarray(products, "<f4").tofile(file)


def als_objective(feedback, customers, products, options):
    """The sum that both sides minimize, in float64, from the factors alone.

    two-weights: sum over interactions of alpha (1 - x.y)^2 + a times sum over all pairs of (x.y)^2
    confidence:  sum over interactions of (a + alpha) (1 - x.y)^2, over all others of a (x.y)^2
    plus, for each row with n of N pairs, regularization (n + a N)^exponent |x|^2.
    """
    import numpy

    alpha, a = options["alpha"], options["unobserved_weight"]
    total = a * float(numpy.sum(gramian(customers) * gramian(products)))
    step = 1_000_000
    rows = numpy.repeat(numpy.arange(feedback.shape[0]), numpy.diff(feedback.indptr))
    for begin in range(0, feedback.nnz, step):
        part = slice(begin, begin + step)
        predicted = numpy.einsum("ij,ij->i", customers[rows[part]],
                                 products[feedback.indices[part]], dtype=numpy.float64)
        if options["objective"] == "confidence":
            total += float(numpy.sum((a + alpha) * (1 - predicted) ** 2 - a * predicted ** 2))
        else:
            total += float(numpy.sum(alpha * (1 - predicted) ** 2))
    per_product = numpy.bincount(feedback.indices, minlength=feedback.shape[1])
    for factors, counts, pairs in ((customers, numpy.diff(feedback.indptr), feedback.shape[1]),
                                   (products, per_product, feedback.shape[0])):
        scale = (counts + a * pairs) ** options["exponent"]
        lengths = numpy.einsum("ij,ij->i", factors, factors, dtype=numpy.float64)
        total += options["regularization"] * float(numpy.sum(scale * lengths))
    return total


def gramian(factors):
    import numpy

    total = numpy.zeros((factors.shape[1],) * 2)
    for begin in range(0, len(factors), 10_000):
        part = factors[begin:begin + 10_000].astype(numpy.float64)
        total += part.T @ part
    return total


# --- the peers ---------------------------------------------------------------------------------


class Stopwatch:
    """Seconds since it was made: by the clock, and of processor time of all threads."""

    def __init__(self):
        self.start = (time.perf_counter(), time.process_time())

    def seconds(self):
        return [time.perf_counter() - self.start[0], time.process_time() - self.start[1]]


def peer_als_irspack(feedback, request):
    from irspack.recommenders import _ials_core as core

    options = request["objective"]
    config = (core.IALSModelConfigBuilder().set_K(request["factors"])
              .set_alpha0(options["unobserved_weight"]).set_reg(options["regularization"])
              .set_nu(options["exponent"]).set_init_stdev(0.1).set_random_seed(1)
              .set_loss_type(core.LossType.IALSPP).build())
    solver = (core.IALSSolverConfigBuilder().set_n_threads(request["threads"])
              .set_solver_type(getattr(core.SolverType, request["options"]["solver"]))
              .set_max_cg_steps(3).set_ialspp_iteration(1)
              .set_ialspp_subspace_dimension(request["options"].get("block_size", 64)).build())
    weights = feedback.copy()
    weights.data[:] = options["alpha"]
    trainer = core.IALSTrainer(config, weights)
    trainer.user, trainer.item = read_factors(request["initial_file"])
    seconds = []
    for _ in range(request["sweeps"]):
        watch = Stopwatch()
        trainer.step(solver)
        seconds.append(watch.seconds())
    write_factors(request["factors_file"], trainer.user, trainer.item)
    return seconds


def peer_als_implicit(feedback, request):
    from implicit.cpu.als import AlternatingLeastSquares

    options = request["objective"]
    model = AlternatingLeastSquares(
        factors=request["factors"], regularization=options["regularization"],
        alpha=options["alpha"] + 1, use_cg=request["options"]["use_cg"],
        iterations=request["sweeps"], num_threads=request["threads"], random_state=1)
    model.user_factors, model.item_factors = read_factors(request["initial_file"])
    times = []
    model.fit(feedback, show_progress=False,
              callback=lambda iteration, elapsed, loss: times.append((elapsed, time.process_time())))
    # Processor time of the first sweep is unknown: the callback comes after each.
    seconds = [[after[0], after[1] - before[1]] for before, after in zip(times, times[1:])]
    write_factors(request["factors_file"], model.user_factors, model.item_factors)
    return seconds


def peer_top_k_implicit(feedback, request):
    import numpy
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(factors=request["factors"], num_threads=request["threads"])
    options = request["options"]
    if "even_products" in options:
        random = numpy.random.default_rng(1)
        for name, rows in (("user_factors", 2000), ("item_factors", options["even_products"])):
            draws = random.standard_normal((rows, request["factors"]), dtype=numpy.float32)
            setattr(model, name, draws / numpy.linalg.norm(draws, axis=1, keepdims=True))
    else:
        model.user_factors, model.item_factors = read_factors(request["factors_file"])
    if options["customers"] == "all":
        everyone = numpy.arange(feedback.shape[0])
        watch = Stopwatch()
        lists, _ = model.recommend(everyone, feedback, N=20, filter_already_liked_items=True)
        clock, processor = watch.seconds()
        lists.astype("<i4").tofile(request["factors_file"] + ".peer-lists")
        return [[len(everyone) / clock, len(everyone) / processor * request["threads"]]]
    times = []
    for customer in range(2000):
        start = time.perf_counter()
        model.recommend(customer, None, N=20, filter_already_liked_items=False)
        times.append(1e6 * (time.perf_counter() - start))
    return [[statistics.median(times)] * 2]


def peer_item_knn_implicit(feedback, request):
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=100, num_threads=request["threads"])
    watch = Stopwatch()
    model.fit(feedback, show_progress=False)
    return [watch.seconds()]


def peer_bpr_implicit(feedback, request):
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    def seconds_of(epochs):
        model = BayesianPersonalizedRanking(
            factors=request["factors"], learning_rate=0.05, regularization=0.01,
            iterations=epochs, num_threads=request["threads"], random_state=1)
        watch = Stopwatch()
        model.fit(feedback, show_progress=False)
        return watch.seconds()

    # What a fit does beside its epochs drops out of the difference.
    one, four = seconds_of(1), seconds_of(4)
    return [[(after - before) / 3 for before, after in zip(one, four)]]


def run_peer(request):
    figures = globals()[f"peer_{request['group']}_{request['peer']}"](
        read_feedback(request["feedback_file"]), request)
    print(json.dumps({"figures": figures}))


# --- turns ---------------------------------------------------------------------------------------


def objective_of(case):
    """Attune's arguments, as als_objective and the peers take them."""
    if case.group != "als":
        return {}
    value = dict(zip(case.attune[::2], case.attune[1::2]))
    return {"objective": value["--objective"], "alpha": float(value["--alpha"]),
            "unobserved_weight": float(value["--unobserved-weight"]),
            "regularization": float(value["--regularization"]),
            "exponent": float(value["--exponent"])}


def lines_of(command, **more):
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, **more)
    if process.returncode:
        return None
    return [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]


def measure_attune(case, arguments, factors_file):
    command = [arguments.program, "--shape", arguments.shape, "--seed", str(arguments.seed),
               "--threads", str(arguments.threads), *case.attune, "--write-factors", factors_file,
               "--write-initial-factors", factors_file + ".initial",
               "--write-lists", factors_file + ".lists"]
    clock, processor, fields = case.figure
    for line in lines_of(command) or []:
        if all(line.get(name) == value for name, value in fields.items()):
            if isinstance(line[clock], list):
                return [list(pair) for pair in zip(line[clock], line[processor])]
            return [[line[clock], line[processor]]]
    return None


def measure_peer(case, arguments, feedback_file, factors_file, initial_file):
    request = {"group": case.group, "peer": case.peer, "options": case.options,
               "factors": case.factors, "threads": arguments.threads, "sweeps": arguments.sweeps,
               "objective": objective_of(case), "feedback_file": feedback_file,
               "factors_file": factors_file, "initial_file": initial_file}
    lines = lines_of([sys.executable, __file__, "--peer", json.dumps(request)],
                     env={**os.environ, **SINGLE_BLAS})
    return lines[-1]["figures"] if lines else None


def compare(case, arguments, folder, feedback_file, facts):
    """Prints the comparison; False, with a word on standard error, when a side failed."""
    ours, theirs = [], []
    our_factors, their_factors = str(folder / "attune.bin"), str(folder / "peer.bin")
    for _ in range(arguments.rounds):
        our_figures = measure_attune(case, arguments, our_factors)
        if our_figures is None:
            print(f"peers: Attune failed at {' '.join(case.attune)}", file=sys.stderr)
            return False
        if case.group == "top_k":
            their_factors = our_factors
        their_figures = measure_peer(case, arguments, feedback_file, their_factors,
                                     our_factors + ".initial")
        if their_figures is None:
            print(f"peers: {case.peer} failed at {case.group} {case.options}", file=sys.stderr)
            return False
        ours += our_figures
        theirs += their_figures
    line = {"benchmark": "peer_" + case.group, "peer": case.peer, "factors": case.factors,
            "options": case.options, "unit": case.unit}
    for column, prefix in enumerate(("", "cpu_")):
        attune = statistics.median(figure[column] for figure in ours)
        peer = statistics.median(figure[column] for figure in theirs)
        faster = attune / peer if case.unit == "customers a second" else peer / attune
        line |= {prefix + "attune": attune, prefix + "theirs": peer,
                 prefix + "times_as_fast": faster}
    line |= {"attune_all": ours, "theirs_all": theirs, **facts}
    if case.group == "als":
        feedback = read_feedback(feedback_file)
        options = objective_of(case)
        line["attune_objective"] = als_objective(feedback, *read_factors(our_factors), options)
        line["their_objective"] = als_objective(feedback, *read_factors(their_factors), options)
        line["sweeps"] = arguments.sweeps
    if case.options.get("customers") == "all":
        line["same_lists"] = share_of_same_lists(our_factors)
    print(json.dumps(line), flush=True)
    return True


def share_of_same_lists(factors_file):
    """Of the customers' lists of 20, how many hold the same products on both sides."""
    import numpy

    ours, theirs = (numpy.sort(numpy.fromfile(factors_file + end, "<i4").reshape(-1, 20), axis=1)
                    for end in (".lists", ".peer-lists"))
    return float(numpy.mean(numpy.all(ours == theirs, axis=1)))


def numpy_sgemm_gflops(threads):
    """Run in a process of its own, whose environment says how many threads OpenBLAS may take."""
    program = ("import numpy, time, threadpoolctl, json\n"
               "a = numpy.full((3000, 3000), 0.5, 'float32'); best = 0\n"
               "for _ in range(5):\n"
               "    start = time.perf_counter(); a @ a\n"
               "    best = max(best, 2 * 3000**3 / (time.perf_counter() - start) * 1e-9)\n"
               "kernels = [i.get('architecture') for i in threadpoolctl.threadpool_info()]\n"
               "print(json.dumps({'gflops': best, 'kernels': kernels}))\n")
    lines = lines_of([sys.executable, "-c", program],
                     env={**os.environ, "OPENBLAS_NUM_THREADS": str(threads)})
    return lines[-1] if lines else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/bench/collaborative/collaborative_bench")
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--only", choices=["als", "top_k", "item_knn", "bpr", "sgemm"],
                        action="append")
    parser.add_argument("--against", choices=["irspack", "implicit"])
    parser.add_argument("--methods", nargs="+", default=["cholesky", "cg", "subspace"])
    parser.add_argument("--factors", nargs="+", type=int, default=[64, 128])
    parser.add_argument("--shape", choices=["1M", "20M"], default="20M")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sweeps", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        run_peer(json.loads(arguments.peer))
        return
    with tempfile.TemporaryDirectory(prefix="attune-peers-") as name:
        folder = pathlib.Path(name)
        feedback_file = str(folder / "feedback.bin")
        made = lines_of([arguments.program, "--shape", arguments.shape, "--seed",
                         str(arguments.seed), "--write", feedback_file])
        if not made:
            sys.exit(f"peers: {arguments.program} makes no data")
        facts = {"commit": arguments.commit, "threads": arguments.threads,
                 **{key: made[0][key] for key in ("compiler", "cpu", "seed", "data")}}
        num_failed = 0
        sgemm = numpy_sgemm_gflops(arguments.threads)
        if sgemm:
            print(json.dumps({"benchmark": "numpy_sgemm", **facts, **sgemm}), flush=True)
        else:
            print("peers: numpy failed at its matrix product", file=sys.stderr)
            num_failed += 1
        for case in cases(arguments):
            if arguments.only and case.group not in arguments.only:
                continue
            if arguments.against and case.peer != arguments.against:
                continue
            num_failed += not compare(case, arguments, folder, feedback_file, facts)
    if num_failed:
        sys.exit(f"peers: {num_failed} measurements failed")


if __name__ == "__main__":
    main()
