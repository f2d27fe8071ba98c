# %% [markdown]
# # Start here
#
# Five notebooks with tasks, in this order, and one with pictures that move under your hand. Each task is checked as you
# work, so you need nobody to tell you whether it is right. Take your time: it is the prediction before you try, and the
# look back after it, that stay with you.

# %% contents [markdown]

# %% setup
import sys

sys.path.append("..")  # where helpers/ lies if you have not installed the course

from helpers import check

# %%
check.overview()

# %% glossary [markdown]
