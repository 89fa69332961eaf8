"""The terms of the objective as source, each for one kind of run."""

from textwrap import dedent

NEGATIVE_LOGS = {
    "bernoulli": '''
        def negative_log_likelihood(logits, x):
            """-log p(x|z) of each image, where a pixel is a coin; (B,) nats."""
            losses = functional.binary_cross_entropy_with_logits(logits, x, reduction="none")
            return losses.flatten(1).sum(1)
    ''',
    "continuous-bernoulli": '''
        def negative_log_likelihood(logits, x):
            """-log p(x|z) of each image under the continuous Bernoulli (Loaiza-Ganem & Cunningham 2019); (B,) nats."""
            losses = functional.binary_cross_entropy_with_logits(logits, x, reduction="none")
            near_zero = logits.abs() < 1e-2
            safe = torch.where(near_zero, torch.ones_like(logits), logits)
            log_normaliser = torch.where(
                near_zero,
                math.log(2) + logits.square() / 12,
                torch.log(safe / torch.tanh(0.5 * safe)),
            )
            return losses.flatten(1).sum(1) - log_normaliser.flatten(1).sum(1)
    ''',
    "gaussian": '''
        LOG_SIGMA = torch.full((), -0.5 * math.log(2))  # sigma² = 1/2: squared error has weight 1


        def negative_log_likelihood(logits, x):
            """-log p(x|z) of each image, N(mean, 1/2) for each pixel; (B,) nats."""
            error = (torch.sigmoid(logits) - x).square().flatten(1).sum(1)
            constant = x[0].numel() * (LOG_SIGMA + 0.5 * math.log(2 * math.pi))
            return 0.5 * error * torch.exp(-2 * LOG_SIGMA) + constant
    ''',
    "gaussian-learned": '''
        def negative_log_likelihood(logits, x):
            """-log p(x|z) of each image, N(mean, sigma²) for each pixel with a learned sigma; (B,) nats."""
            log_sigma = model.log_sigma.clamp(min=-6.0)
            error = (torch.sigmoid(logits) - x).square().flatten(1).sum(1)
            constant = x[0].numel() * (log_sigma + 0.5 * math.log(2 * math.pi))
            return 0.5 * error * torch.exp(-2 * log_sigma) + constant
    ''',
    "squared-error": '''
        def squared_error(logits, x):
            """Of each image, summed over its pixels; (B,)."""
            return (torch.sigmoid(logits) - x).square().flatten(1).sum(1)
    ''',
}

VAE_LOSSES = '''
    def losses(x, seen, noise, beta):
        """Objective, reconstruction and KL of a batch, means in nats per image; noise: (B, LATENT_DIM)."""
        mu, logvar = model.encoder(seen).chunk(2, dim=1)
        z = mu + torch.exp(0.5 * logvar) * noise
        reconstruction = negative_log_likelihood(model.decoder(z), x).mean()
        kl = (-0.5 * (1 + logvar - mu.square() - logvar.exp())).sum(1).mean()
        return reconstruction + beta * kl, reconstruction, kl
'''
AUTOENCODER_LOSSES = '''
    def losses(x, seen):
        """The squared error of a batch, mean over its images."""
        return squared_error(model.decoder(model.encoder(seen)), x).mean()
'''
ONE_CYCLE = '''
    def learning_rate_factor(step):
        """One cycle (Smith & Topin 2018): a rise over 15 % of the run, then half a cosine down."""
        rise = max(1, int(0.15 * TOTAL))
        if step < rise:
            return cosine(1 / 25, 1.0, step / rise)
        return cosine(1.0, 1e-3, min(1.0, (step - rise) / max(1, TOTAL - rise)))


    def cosine(start, end, fraction):
        return end + (start - end) * 0.5 * (1 + math.cos(math.pi * fraction))
'''


def text(block: str) -> str:
    return dedent(block).strip()
