# %% [markdown]
# # Explorers: move it and see
#
# Pictures that answer at once when you move something. Each belongs to an idea of the course and is shown there
# too; here they stand together, to come back to. Nothing is graded.
#
# The way to learn from them is the same each time: choose an answer to the question at the top **before** you touch
# anything, then try, then open "See". A wrong prediction teaches more than a right one.
#
# Run all cells first (*Run*, *Run All Cells*). Everything works by keyboard: Tab goes from one control to the next, the
# arrow keys move a slider. If the pictures do not move, each still has its figure and a sentence that says what it
# shows.

# %% setup
from helpers import explorers

# %% [markdown]
# ## 1 · An average that forgets
#
# The memory of momentum, of RMSprop and of Adam is one number, $\beta$. How long is it, and what is wrong in the first
# days? (*Optimizers*, section 3)

# %%
explorers.ewa()

# %% [markdown]
# ## 2 · How long a step may be
#
# On a bowl, the learning rate decides between crawling, ringing and flying off, and the border follows from the
# curvature alone: $\alpha < 2 / \lambda_{max}$. (*Optimizers*, sections 4 and 8)

# %%
explorers.learning_rate()

# %% [markdown]
# ## 3 · Momentum, on a plane
#
# Two numbers, $\alpha$ and $\beta$, decide together: how far does a step go, and how long does it remember? Move the point over
# the plane and watch the error along the flat and along the steep direction. (*Optimizers*, section 4)

# %%
explorers.momentum()

# %% [markdown]
# ## 4 · The race
#
# Seven rules start at the same point and make as many steps. Put the start where you like. None of them wins
# everywhere. (*Optimizers*, section 6, where your own rule enters the race)

# %%
explorers.race()

# %% [markdown]
# ## 5 · A curve, and too much of it
#
# A few noisy points, and a polynomial of the degree that you choose. What does each degree cost on these points, and what on
# new ones? (*Foundations*, section 1)

# %%
explorers.fit()

# %% [markdown]
# ## 6 · Back through a graph
#
# Give any node of a sigmoid unit a nudge, and compare what arrives at the end with the gradient of that node. (*Foundations*,
# section 4)

# %%
explorers.graph()

# %% [markdown]
# ## 7 · What arrives at layer 50
#
# A factor of 0.9 or 1.1 a layer looks harmless. Which spread of the first weights keeps a signal alive, forwards and
# backwards? (*Initialization*, section 6)

# %%
explorers.signal()

# %% [markdown]
# ## 8 · Too free, too strict
#
# A small net on the football pitch, trained anew at each move: without a price on its weights, with one, and with units
# that are sometimes missing. (*Regularization*, sections 3 to 8)

# %%
explorers.regularization()

# %% [markdown]
# ## 9 · Which way lands on 0
#
# Two weights, a bowl and a penalty. L1 should make zeros, but not every way down lands on one. (*Generalization*, section 4)

# %%
explorers.zeros()

# %% [markdown]
# ## 10 · What is drawn, and what the net feels
#
# Draws that are even on a line are not even in what they do. Move one scale into the other, for a learning rate and for the
# $\beta$ of an average. (*Hyper-parameters*, sections 3 and 4)

# %%
explorers.scales()

# %% [markdown]
# ## 11 · Where to look for a good learning rate
#
# Twenty-five trials on a grid try five values of each hyper-parameter; twenty-five at random try twenty-five. And a scale
# on which 0.0001 and 0.001 are neighbours finds what the usual one never visits. (*Hyper-parameters*, section 5)

# %%
explorers.search()

# %% [markdown]
# ## 12 · The diary of one model
#
# Look after one model, week by week: lower its rate, give it momentum, go back a day. Twenty others run beside it, and nobody
# looks at them. (*Hyper-parameters*, section 8)

# %%
explorers.diary()

# %% [markdown]
# ## 13 · Batch normalization
#
# What arrives at a unit is shifted and scaled until it has the mean and the spread that the net wants, batch by batch. How
# noisy is that, and what does one do with a single example? (*Softmax and batch norm*, sections 5 and 9)

# %%
explorers.batch_norm()

# %% [markdown]
# ## 14 · A batch as a row of dots
#
# Drag one example, and all others of its batch move; switch to use, and none does. That is why the way back through batch
# norm has three ways. (*Softmax and batch norm*, sections 6 and 7)

# %%
explorers.shift()

# %% [markdown]
# ## 15 · Softmax
#
# Logits become probabilities, and several classes divide the plane among them by straight lines. (*Hand signs*, section 9, and
# *Softmax and batch norm*, section 4)

# %%
explorers.softmax()

# %% [markdown]
# ## 16 · Activations, and units that go out
#
# A curve and its slope, what leaves it, and a hundred such units after one step that is too large. Which of them never go
# out? (*Deep networks*, sections 1 and 2)

# %%
explorers.activations()

# %% [markdown]
# ## 17 · What to keep of a net
#
# A net has learnt the digits 0 to 4. How many of its layers do you keep for 5 to 9, how many of these do you freeze, and is it
# better than to begin anew? Five seeds each, on invented and on real handwriting. (*Transfer*, sections 4 and 6)

# %%
explorers.transplant()

# %% [markdown]
# ## 18 · Ten clouds
#
# A net hears "same" or "different" about pairs of pictures, and nothing else. Watch where it puts pictures that it has never
# seen. (*Transfer*, section 7)

# %%
explorers.clouds()
