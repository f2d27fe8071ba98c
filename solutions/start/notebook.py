# %% [markdown]
# # Start here
#
# Training a deep network well is a craft of its own: how to begin, how not to learn by heart, how to know that a gradient
# is right, how to walk downhill. The notebooks below teach it, each by a few functions that you write and that are checked
# as you work; the last of them collects the pictures that move under your hand. Take them in this order.

# %% contents [markdown]

# %% [markdown]
# The way to learn from them is the same in each section: **predict**, and open the answer that you would bet on; **try**;
# then see what came of it. Nobody counts wrong bets, and they teach the most.
#
# `foundations` and `tensorflow_signs` need TensorFlow, a second install: the page STUDENTS, in the folder of the course, says
# how, under *Set up, once*. All others do without it.
#
# A double click on a text opens its source; Shift+Enter closes it again. A link from here leads to a section of another
# notebook. Where that opens at its top, click the link once more.
#
# ## Where you stand
#
# Run the two cells below (Shift+Enter), or everything (*Run*, *Run All Cells*). The card goes by the points that each check
# last showed you. They are kept in the folder `progress` beside this notebook; they are yours, nobody else reads them, and
# grading does not know of them. If points are missing, run that notebook once more, and they are back.

# %% setup
from helpers import check

# %%
check.overview()

# %% [markdown]
# ## From memory  (10 min)
#
# What you recall after some days stays for years, what you only read again does not. So come back here after each
# notebook, and some days later once more. Answer those questions whose notebook you have done, without looking anything up;
# they are mixed on purpose. Behind each answer there is a link to the place.

# %% [markdown] recall="initialization 4"
# A ReLU layer has 50 inputs. Which standard deviation do its first weights need?
#
# - 0.02
#   That is $1 / 50$, as for a mean. Terms with random signs cancel in part, so weights of this size would silence the
#   layer.
# - 0.04
#   That is the variance, $2 / 50$. What you multiply a standard normal by is its root.
# * 0.2
#   The variance has to be $2 / 50$, and its root is 0.2.
# - 1
#   The variances of 50 products add up. With weights this large the signal would grow fivefold in each layer.

# %% [markdown] recall="regularization 5"
# A net was trained with inverted dropout and a `keep_prob` of 0.5. What is done with its activations when it predicts?
#
# - They are halved, since twice as many units are there
#   That would be so if nothing had been divided in training. Inverted dropout divides by `keep_prob` there, which keeps
#   the mean of each activation as it is.
# - Half of them are dropped, as in training
#   Then the same picture would get another answer each time. Dropout belongs to training alone.
# * Nothing
#   All units are there, and nothing is divided. The division in training has seen to it that the means agree.

# %% [markdown] recall="initialization 2"
# Two units of a hidden layer start with the same weights, and every other weight of the net is random. One thing is set
# wrong on purpose: the weights that lead **out of** the two are equal too. What differs between the two after training?
#
# * Nothing
#   They compute the same, get the same gradient and take the same step, for ever.
# - Their weights, since the data are noisy
#   The noise is in the data, and both units see the same data. What comes back to them is the same too.
# - Their biases, since these are not weights
#   A bias has a gradient of its own, but it is the same for both units, and both start at zero.

# %% [markdown] recall="gradient_checking 4"
# A backward pass gives a gradient that is three times too large. How large is the relative difference that the check finds?
#
# - About $10^{-7}$, since the direction is right
#   The direction is, but the check compares lengths as well, and so does training.
# * 1/2
#   $(3 - 1) / (3 + 1)$: the distance, divided by both lengths together.
# - 2/3
#   That is the distance divided by the larger of the two lengths. The check divides by both together.
# - 2
#   That is the distance divided by the right length. The relative difference is never larger than 1.

# %% [markdown] recall="regularization 7"
# You have normalized the training examples. With which mean and deviation do you normalize the test examples?
#
# - With their own
#   The net would then see something else in the same example, depending on what else is in the test set.
# * With those of the training examples
#   They are a part of the model, like the weights.
# - With those of all examples together
#   Then the test set would have had a say in the model, and a test could no longer say how it does on new examples.

# %% [markdown] recall="optimizers 3"
# An exponentially weighted average starts at zero, with $\beta = 0.9$. The first day has 10 degrees. What is $v_1$, and what
# is it after bias correction?
#
# - 9, and 10 after the correction
#   0.9 is the weight of what came before, which is zero. The new day has the weight $1 - \beta$.
# - 10, and the correction changes nothing
#   That would be an average that begins with the first day. This one begins at zero, so it has a cold start.
# * 1, and 10 after the correction
#   $0.1 \cdot 10 = 1$. Divided by $1 - 0.9 = 0.1$, the weight of the one day, it is 10 again.

# %% [markdown] recall="initialization 6"
# Each of 20 layers doubles the signal. About how strong is it at the end, if it was 1?
#
# - 40
#   That adds 2 for each layer. But a layer multiplies what the layer before has handed on.
# * A million
#   $2^{20}$, a little more than a million. Depth stands in the exponent.
# - 400
#   That is $20^2$. The number of layers is the exponent here, and 2 is what is raised to it.

# %% [markdown] recall="gradient_checking 7"
# The check of a network with dropout says that the gradient is wrong, by nearly 1. What do you do first?
#
# * Switch dropout off, or keep one mask, and check again
#   With a new mask in each call there is no slope to compare with. A right gradient looks wrong then.
# - Look for the bug in the last layer
#   There may be none. First make sure that the check compares what belongs together.
# - Make $\varepsilon$ smaller
#   What changes the cost here is the mask, whatever $\varepsilon$ is. A smaller one divides that by less, and makes it
#   worse.

# %% [markdown] recall="foundations 5"
# On the way forward a value goes into three operations. How many gradients come back to it, and what becomes of them?
#
# - One, from the operation that comes last
#   The two others feel it too when the value moves, and the cost through them.
# - Three, and their mean counts
#   When the value moves a little, all three ways change the cost at the same time. What they change adds up; nobody divides it.
# * Three, and they are added up
#   Each way carries its own change to the cost, and the changes add up.

# %% [markdown] recall="optimizers 6"
# Somebody multiplies the cost by 1,000. What does that change for Adam, with everything else as it was?
#
# - Its steps are 1,000 times as long
#   That is what plain descent does. Adam divides by the root of the averaged squares, which grows in the same way.
# - Its steps are a thousandth as long
#   That would be so if it divided by the squares themselves. It divides by their root.
# * Next to nothing
#   Numerator and divisor both grow by 1,000. Only $\varepsilon$, which stands beside the root, weighs less.

# %% [markdown] recall="regularization 4"
# With L2 and plain gradient descent, nothing in the data pulls at a weight any more. What does it do?
#
# - It falls by the same amount in each step, until it is 0
#   That is L1, whose pull has a constant size. The pull of L2 is as large as the weight.
# * It shrinks by the same factor in each step
#   The gradient of the price is $\frac{\lambda}{m} W$, so each step leaves $1 - \alpha\lambda/m$ of the weight.
# - It stays, since its gradient is zero
#   Without the L2 term it would. The price has a gradient of its own.

# %% [markdown] recall="softmax_batch_norm 1"
# Every score of an example rises by the same number $c$. What do the shares that softmax makes of them do?
#
# * Nothing
#   The factor $e^c$ is in the numerator and in the denominator. Only differences of scores count.
# - They all grow
#   They still have to add up to 1.
# - The largest comes close to 1
#   It would, if the scores were *multiplied* by a large number. Adding the same to all leaves their differences as they were.

# %% [markdown] recall="tensorflow_signs 9"
# A network for ten classes has just been initialized, and its cost is 14. What do you think?
#
# - That is usual before training
#   A network that knows nothing should answer with about equal probabilities, and that costs $\log 10$, about 2.3.
# - Ten classes cost ten times as much as one
#   The cost grows like the logarithm of the number of classes: guessing among ten costs $\log 10$, about 2.3.
# * Its first weights are too large, most likely
#   Guessing would cost $\log 10$, about 2.3. This network is certain, and mostly wrong.

# %% [markdown] recall="optimizers 4"
# In a ravine, what does momentum make possible, in the form $v := \beta v + (1 - \beta)\, dW$?
#
# - It lengthens each step along the floor tenfold
#   That is so without the factor $1 - \beta$. With it, $v$ is an average, and no longer than the gradients themselves.
# * A larger learning rate, without flying apart
#   What points left and right in turn cancels in the average. So the steep direction allows longer steps than it did.
# - It finds the deeper of two minima
#   It may roll past a shallow one, but nothing in it looks for depth.

# %% [markdown] recall="tensorflow_signs 3"
# Someone hands `tf.sigmoid(z)` to a cost function whose name ends in `_with_logits`. How do they find out?
#
# - By an error
#   Numbers between 0 and 1 are valid logits. Nothing fails.
# - By a cost that rises
#   It falls, only more slowly and not so far. That is what makes the slip hard to find.
# * By looking closely: it trains, but slowly and never to the end
#   The sigmoid is taken twice. A logit never leaves the interval from 0 to 1 then, so no answer can be certain.

# %% [markdown] recall="hyperparameters 6"
# Of 25 settings the best was right on 96 of 100 dev examples. It is tried on new examples. What do you expect?
#
# - 96 of 100 again
#   The dev examples took part in the choice, so their error is a little too kind to the one that was chosen.
# * Somewhat less
#   Each dev error is partly luck, and the best of 25 has the most of it.
# - More, since it is the best
#   It is the best on the examples by which it was chosen.

# %% [markdown] recall="deep_networks 4"
# The gradient of two weights is (30, 4), and it is clipped by its norm at 10. What does that leave of the *direction* of the step?
#
# - The first weight's step is cut to 10, the second's stays
#   That is clipping by value, which turns the step towards the smaller gradient.
# * It stays as it is
#   Both are multiplied by one factor, the threshold over the norm. So the step is shorter, and leads the same way.
# - Both weights move equally far
#   That is what clipping by value does where both exceed the threshold.

# %% [markdown] recall="generalization 6"
# Dropout with rate 0.2 divides what it keeps by 0.8 in training. What has to be done when the net is in use?
#
# - Multiply the weights by 0.8
#   That belongs to the form that did *not* divide in training. Done here too, every layer would be too weak.
# * Nothing
#   All units speak, and their sum is on average what it was in training.
# - Draw a mask, but do not divide
#   In use nothing is dropped at all: the same picture would get another answer each time.

# %% [markdown] recall="transfer 7"
# Two nets see one picture each, and a single logistic unit on their joined outputs is to say whether both show the same digit. Both
# nets may be as large as you like. How low does the cost get?
#
# - As low as you like, if the nets are large enough
#   Whatever the nets are, the unit adds an opinion on the first picture to one on the second.
# * To $\log 2$, the cost of guessing
#   A sum of two opinions is XOR's old trouble. A hidden layer, or the distances of the two outputs, would let them meet.
# - To about half of that
#   That would take answers that are right most of the time and sure. A sum of two opinions that is sure about some pairs is as
#   wrong about others.

# %% [markdown] recall="generalization 4"
# Plain descent with an L1 penalty brings a weight near 0. What happens then?
#
# * It is pushed past 0, back, and past it again, and so on
#   The slope of $|w|$ does not fade near 0. To stay there, the step has to stop at 0.
# - It comes nearer by a half with each step
#   So it is with L2, whose pull fades with the weight.
# - It stays at exactly 0
#   It would have to land there by chance.

# %% [markdown]
# ## Terms and symbols
#
# A layer is $l$, of $L$ layers in all, and $m$ is the number of examples, one in each column. The links lead to where a
# term is explained.

# %% glossary [markdown]

# %% [markdown]
# ## What to read next
#
# Books, all free to read on the web:
#
# - Goodfellow, Bengio and Courville, [*Deep Learning*](https://www.deeplearningbook.org) (2016). Chapters 7 and 8 are this
#   course at full length: regularization and optimization.
# - Prince, [*Understanding Deep Learning*](https://udlbook.github.io/udlbook/) (2023). The clearest pictures of all of them,
#   with a notebook for each chapter.
# - Zhang, Lipton, Li and Smola, [*Dive into Deep Learning*](https://d2l.ai) (2023). Every formula beside code that runs.
# - Nielsen, [*Neural Networks and Deep Learning*](http://neuralnetworksanddeeplearning.com) (2015). Back-propagation,
#   explained until it is obvious.
#
# Shorter texts, and things to play with:
#
# - Goh, [*Why Momentum Really Works*](https://doi.org/10.23915/distill.00006) (2017). The plane of $\alpha$ and $\beta$, with
#   all the mathematics.
# - [*A Neural Network Playground*](https://playground.tensorflow.org). A small net that you build and watch in the browser.
# - Godbole and others, [*Deep Learning Tuning Playbook*](https://github.com/google-research/tuning_playbook) (2023). What
#   people do who tune networks for a living.
#
# Courses:
#
# - [*Deep Learning Specialization*](https://www.coursera.org/specializations/deep-learning), by DeepLearning.AI. The
#   exercises of its second course have the subjects of these notebooks.
# - Karpathy, [*Neural Networks: Zero to Hero*](https://karpathy.ai/zero-to-hero.html). It begins with a tape of derivatives
#   in a hundred lines, as *Foundations* does, and goes on to nets that continue a text.
# - [CS231n](https://cs231n.github.io), Stanford's notes on convolutional networks. The natural next step after hand signs.
# - [*Practical Deep Learning*](https://course.fast.ai), by fast.ai. From the other end: models that work first, then why.
#
# Papers that began it, each readable after these notebooks:
#
# - first weights: [Glorot and Bengio (2010)](https://proceedings.mlr.press/v9/glorot10a.html),
#   [He et al. (2015)](https://arxiv.org/abs/1502.01852)
# - regularization: [Srivastava et al. (2014)](https://jmlr.org/papers/v15/srivastava14a.html) on dropout,
#   [Ioffe and Szegedy (2015)](https://arxiv.org/abs/1502.03167) on batch normalization
# - optimizers: [Polyak (1964)](https://doi.org/10.1016/0041-5553%2864%2990137-5) on momentum,
#   [Kingma and Ba (2015)](https://arxiv.org/abs/1412.6980) on Adam,
#   [Loshchilov and Hutter (2019)](https://arxiv.org/abs/1711.05101) on weight decay in Adam
# - where to look: [Bergstra and Bengio (2012)](https://jmlr.org/papers/v13/bergstra12a.html) on random search,
#   [Dauphin et al. (2014)](https://arxiv.org/abs/1406.2572) on saddle points
