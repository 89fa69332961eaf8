"""The training loop of a script: batches, noise, schedule, live changes and the test at the end of an epoch."""

from textwrap import dedent

from vae_gui.core.sharing.script.objective import has_em, names_of_losses
from vae_gui.core.vae.config import OPTIMIZER, HyperparameterChange, RunConfig

OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW"}
GENERATOR = '''
    def generator(stream, number):
        """Return random numbers that depend on the seed, on what they are for, and on the epoch or step alone."""
        seed = generator_seed(RANDOM_STREAMS, TRAIN.seed, stream, number)
        return torch.Generator().manual_seed(seed)
'''


def training_section(config: RunConfig, stop: int) -> str:
    """stop: the last step; 0 for the end of the run."""
    loop = "\n".join((*_before(config, stop), *_steps(config, stop)))
    return "\n\n\n".join((dedent(GENERATOR).strip(), _test(config), loop))


def _test(config: RunConfig) -> str:
    names = names_of_losses(config)
    if config.model.deterministic:
        found = ["        found = losses(x, x)"]
    else:
        found = [f"        found = losses(x, x, TEST_NOISE, start, beta{_warmup(config, 'step')})"]
    lines = [
        "@torch.no_grad()",
        f"def test({_test_arguments(config, 'step')}):",
        f'    """Return the means over the test images: {", ".join(names)}."""',
        "    model.eval()",
        f"    total = torch.zeros({len(names)}, dtype=torch.float64)",
        "    for start in range(0, len(test_data), 500):",
        "        x = as_floats(test_data[start : start + 500])",
        *found,
        "        total += len(x) * torch.stack(found).double()",
        "    model.train()",
        "    return (total / len(test_data)).tolist()",
    ]
    return "\n".join(lines)


def _test_arguments(config: RunConfig, step: str) -> str:
    """Return what a test has to know: nothing of an autoencoder."""
    if config.model.deterministic:
        return ""
    return f"{step}, beta" if config.train.warmup_epochs else "beta"


def _warmup(config: RunConfig, step: str) -> str:
    return f" * beta_factor(TRAIN, {step}, PER_EPOCH)" if config.train.warmup_epochs else ""


def _before(config: RunConfig, stop: int) -> list[str]:
    changes = _changes(config, stop)
    lines = [
        "train_data = torch.tensor(train_images).unsqueeze(1)",
        "test_data = torch.tensor(test_images).unsqueeze(1)",
    ]
    if changes:
        lines.append("CHANGES = [  # that were made while it ran: step, what, value")
        lines += [f"    ({c.step!r}, {c.name!r}, {c.value!r})," for c in changes]
        lines.append("]")
    lines += [
        "PER_EPOCH = steps_per_epoch(TRAIN, len(train_data))",
        "TOTAL = run_steps(TRAIN, len(train_data))",
    ]
    if has_em(config):
        lines += [
            "PHASES = phases(TRAIN, len(train_data))",
            "EM_EVERY = max(PER_EPOCH, MIN_STEPS)",
        ]
    kind = OPTIMIZERS[config.train.optimizer]
    lines.append(f"optimizer = torch.optim.{kind}(model.parameters(), fused=True)")
    lines.append("learning_rate = TRAIN.learning_rate")
    if not config.model.deterministic:
        lines.append("beta = TRAIN.beta")
    return [*lines, ""]


def _changes(config: RunConfig, stop: int) -> list[HyperparameterChange]:
    """Return those that the script makes: an autoencoder has no beta."""
    return [
        change
        for change in config.changes
        if (not stop or change.step < stop)
        and not (change.name == "beta" and config.model.deterministic)
    ]


def _steps(config: RunConfig, stop: int) -> list[str]:
    lines = [f"for step in range({'STOP' if stop else 'TOTAL'}):", *_apply_changes(config, stop)]
    lines += [
        f'    optimizer.param_groups[0]["lr"] = learning_rate{_factor(config)}',
        "    epoch, position = divmod(step, PER_EPOCH)",
        "    if position == 0:",
        "        order = torch.randperm(len(train_data), generator=generator(ORDER, epoch))",
        "    start = position * TRAIN.batch_size",
        "    x = as_floats(train_data[order[start : start + TRAIN.batch_size]])",
    ]
    seen = "x"
    if config.train.input_noise:
        seen = "seen"
        lines += [
            "    noise = torch.randn(x.shape, generator=generator(INPUT_NOISE, step))",
            "    seen = x + TRAIN.input_noise * noise",
        ]
    names = names_of_losses(config)
    shown = ", ".join(f"{name} {{found[{i}]!r}}" for i, name in enumerate(names))
    return [
        *lines,
        *_objective(config, seen),
        "    optimizer.zero_grad()",
        "    objective.backward()",
        "    optimizer.step()",
        "    if (step + 1) % PER_EPOCH == 0 or step + 1 == TOTAL:",
        f"        found = test({_test_arguments(config, 'step + 1')})",
        f'        print(f"step {{step + 1}}: {shown}")',
    ]


def _objective(config: RunConfig, seen: str) -> list[str]:
    if config.model.deterministic:
        return [f"    objective = losses(x, {seen})[0]"]
    plain = f"losses(x, {seen}, NOISE, step, beta{_warmup(config, 'step')})[0]"
    if not has_em(config):
        return [f"    objective = {plain}"]
    return [
        "    part = next((part for part in (PHASES.em, PHASES.blend) if step in part), None)",
        "    if part is not None and (step - part.start) % EM_EVERY == 0:",
        "        grid = e_step()",
        "    if step in PHASES.em:",
        f"        objective = em_losses(x, {seen}, grid, step)[0]",
        "    else:",
        f"        objective = {plain}",
        "    if step in PHASES.blend:",
        "        objective = objective + reconstruction_of(x, exact_z(x, grid, step)[0])",
    ]


def _factor(config: RunConfig) -> str:
    """Return what the learning rate is multiplied by."""
    if has_em(config):
        return " * learning_rate_factor(TRAIN, PHASES, step, TOTAL)"
    return "" if config.train.schedule == "constant" else " * cycle(TRAIN, step, TOTAL)"


def _apply_changes(config: RunConfig, stop: int) -> list[str]:
    names = {change.name for change in _changes(config, stop)}
    if not names:
        return []
    lines = ["    for _, what, value in filter(lambda change: change[0] == step, CHANGES):"]
    branches = {
        "beta": "beta = value",
        "learning_rate": "learning_rate = value",
        OPTIMIZER: "optimizer.state.clear()",
    }
    for name in (name for name in branches if name in names):
        lines += [f'        if what == "{name}":', f"            {branches[name]}"]
    return lines
