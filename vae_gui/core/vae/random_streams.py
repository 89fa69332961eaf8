"""Random numbers as a function of (seed, stream, number): what torch's generators are seeded with.

A version says how the three are mixed, so that a run of an older one still repeats bit for bit.
"""

import numpy as np

ORDER, NOISE, TEST_NOISE, INPUT_NOISE, IMPORTANCE_NOISE, POSTERIOR = 1, 2, 3, 4, 9, 10
SHIFTED, MIXED = 1, 2
VERSIONS = (SHIFTED, MIXED)
NEWEST = MIXED


def generator_seed(version: int, seed: int, stream: int, number: int) -> int:
    """The seed of the generator for one draw; `number` is that of its epoch, step or image.

    version: SHIFTED keeps the run's seed above bit 32, where torch's generator for the CPU does not
        look, so that order and noise are the same for every seed. MIXED is a hash of all three in 32 bits.
    """
    if version == SHIFTED:
        return (seed << 32) + stream * 1_000_000_007 + number
    return int(np.random.SeedSequence((seed, stream, number)).generate_state(1)[0])
