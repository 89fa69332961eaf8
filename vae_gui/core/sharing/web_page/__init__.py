"""A model as one web page that needs no network: pad, digit, strip and sliders, decoding in plain JavaScript."""
