"""The training loop of a script: batches, noise, schedule, live changes and the test at the end of an epoch."""

from vae_gui.core.sharing.script.terms import text
from vae_gui.core.vae.config import OPTIMIZER, RunConfig
from vae_gui.core.vae.random_streams import INPUT_NOISE, NOISE, ORDER, SHIFTED, TEST_NOISE

SEEDS = {
    True: '''
        def generator(stream, number):
            """Random numbers that depend on the seed, on what they are for, and on the epoch or step alone."""
            seed = (SEED << 32) + stream * 1_000_000_007 + number
            return torch.Generator().manual_seed(seed)
    ''',
    False: '''
        def generator(stream, number):
            """Random numbers that depend on the seed, on what they are for, and on the epoch or step alone."""
            seed = np.random.SeedSequence((SEED, stream, number)).generate_state(1)[0]
            return torch.Generator().manual_seed(int(seed))
    ''',
}
FLOATS = '''
    def as_floats(images):
        """(B, 1, side, side) in 0..1"""
        return torch.tensor(images).unsqueeze(1).to(torch.float32).mul_(1 / 255)
'''


def training_section(config: RunConfig, stop: int) -> str:
    """stop: the last step; 0 for the end of the run."""
    streams = {"ORDER": ORDER}
    if not config.model.deterministic:
        streams |= {"NOISE": NOISE, "TEST_NOISE": TEST_NOISE}
    if config.train.input_noise:
        streams["SEEN_NOISE"] = INPUT_NOISE
    names, numbers = ", ".join(streams), ", ".join(map(str, streams.values()))
    parts = (
        text(SEEDS[config.random_streams == SHIFTED]),
        text(FLOATS),
        _test(config),
        _loop(config, stop),
    )
    return f"{names} = {numbers}\n\n\n" + "\n\n\n".join(parts)


def _test(config: RunConfig) -> str:
    names = ("loss",) if config.model.deterministic else ("loss", "reconstruction", "kl")
    noise = "noise = torch.randn((len(x), LATENT_DIM), generator=generator(TEST_NOISE, start))"
    measured = (
        "losses(x, x)" if config.model.deterministic else "torch.stack(losses(x, x, noise, beta))"
    )
    lines = [
        "@torch.no_grad()",
        "def test(beta):" if not config.model.deterministic else "def test():",
        f'    """Means over the test images: {", ".join(names)}."""',
        "    model.eval()",
        f"    total = torch.zeros({len(names)}, dtype=torch.float64)",
        "    for start in range(0, len(test_images), 500):",
        "        x = as_floats(test_images[start : start + 500])",
        *([] if config.model.deterministic else [f"        {noise}"]),
        f"        total += len(x) * {measured}.double()",
        "    model.train()",
        "    return (total / len(test_images)).tolist()",
    ]
    return "\n".join(lines)


def _loop(config: RunConfig, stop: int) -> str:
    return "\n".join((*_before(config, stop), *_steps(config, stop)))


def _before(config: RunConfig, stop: int) -> list[str]:
    train = config.train
    kind = {"adam": "Adam", "adamw": "AdamW"}[train.optimizer]
    total = f"{train.epochs} * steps_per_epoch"
    if train.min_steps:
        total = f"max({total}, {train.min_steps})"
    changes = _changes(config, stop)
    return [
        *changes,
        "steps_per_epoch = -(-len(train_images) // BATCH_SIZE)",
        f"TOTAL = {total}",
        f"optimizer = torch.optim.{kind}(model.parameters(), lr=LEARNING_RATE, fused=True)",
        *(["beta, learning_rate = BETA, LEARNING_RATE"] if changes else []),
        "",
    ]


def _changes(config: RunConfig, stop: int) -> list[str]:
    changes = [change for change in config.changes if not stop or change.step < stop]
    if not changes:
        return []
    lines = [f'    ({c.step}, "{c.name}", {c.value!r}),' for c in changes]
    return ["CHANGES = [  # that were made while it ran: step, what, value", *lines, "]"]


def _steps(config: RunConfig, stop: int) -> list[str]:
    train, deterministic = config.train, config.model.deterministic
    changes = bool(_changes(config, stop))
    beta = "beta" if changes else "BETA"
    rate = "learning_rate" if changes else "LEARNING_RATE"
    weight = (
        beta
        if not train.warmup_epochs
        else f"{beta} * min(1.0, step / (WARMUP_EPOCHS * steps_per_epoch))"
    )
    lines = [f"for step in range({'STOP' if stop else 'TOTAL'}):"]
    if changes:
        lines += _apply_changes(config)
    if train.schedule == "one-cycle" or changes:
        factor = " * learning_rate_factor(step)" if train.schedule == "one-cycle" else ""
        lines += ['    optimizer.param_groups[0]["lr"] = ' + rate + factor]
    lines += [
        "    epoch, position = divmod(step, steps_per_epoch)",
        "    if position == 0:",
        "        order = torch.randperm(len(train_images), generator=generator(ORDER, epoch)).numpy()",
        "    x = as_floats(train_images[order[position * BATCH_SIZE : (position + 1) * BATCH_SIZE]])",
    ]
    seen = "x"
    if train.input_noise:
        seen = "seen"
        lines += [
            "    seen = x + INPUT_NOISE * torch.randn(x.shape, generator=generator(SEEN_NOISE, step))"
        ]
    if deterministic:
        lines += [f"    loss = losses(x, {seen})"]
    else:
        lines += [
            "    noise = torch.randn((len(x), LATENT_DIM), generator=generator(NOISE, step))",
            f"    loss, reconstruction, kl = losses(x, {seen}, noise, {weight})",
        ]
    tested = weight.replace("step /", "(step + 1) /")
    shown = (
        ["        (loss,) = test()", '        print(f"step {step + 1}: squared error {loss!r}")']
        if deterministic
        else [
            f"        loss, reconstruction, kl = test({tested})",
            '        print(f"step {step + 1}: loss {loss!r}, reconstruction {reconstruction!r}, KL {kl!r}")',
        ]
    )
    return [
        *lines,
        "    optimizer.zero_grad()",
        "    loss.backward()",
        "    optimizer.step()",
        "    if (step + 1) % steps_per_epoch == 0 or step + 1 == TOTAL:",
        *shown,
    ]


def _apply_changes(config: RunConfig) -> list[str]:
    names = {change.name for change in config.changes}
    lines = ["    for _, what, value in filter(lambda change: change[0] == step, CHANGES):"]
    branches = {
        "beta": "beta = value",
        "learning_rate": "learning_rate = value",
        OPTIMIZER: "optimizer.state.clear()",
    }
    for name in (name for name in branches if name in names):
        lines += [f'        if what == "{name}":', f"            {branches[name]}"]
    return lines
