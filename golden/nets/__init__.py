"""Small networks in integers, and the real images they run on.

The images are a part of Fashion-MNIST (Xiao, Rasul, Vollgraf, arXiv 1708.07747), Copyright (c) 2017
Zalando SE, https://tech.zalando.com, under the MIT licence in ``LICENSE-fashion-mnist`` beside
this file. Weights and images are written by this project's training, `golden.nets.train`.
"""
