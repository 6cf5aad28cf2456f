"""Training the networks that `golden.nets` ships, on Fashion-MNIST.

    python -m golden.nets.train [NAME ...]

needs PyTorch (this project's extra ``train``; written with 2.13.0, CPU) and Debian's package
``dataset-fashion-mnist``. Pixels are divided by 255 and nothing else, so that activations stay
unsigned and the zeros of the padded border mean background. `recipes` says how each network is
trained; all together take about half an hour on one core.

    python -m golden.nets.train zap NET

trains the ZAPs of a shipped network, or of one in a file: see `golden.nets.train.zap`. The network
``resnet8_zap`` is fine-tuned with such ZAPs on, which are written beside it.

    python -m golden.nets.train sru

trains the network of spoken digits on the recordings that ship, and from it three beacons, networks
retrained in few bits (`golden.nets.train.speech`): some three minutes.

Everything is seeded, on one thread, and the files carry no date: on one machine and PyTorch two
runs write the same bytes. Another processor or another PyTorch may round otherwise and end in other
weights; the shipped files are what all figures are about.
"""
