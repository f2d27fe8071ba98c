# ruff: noqa  (written as students write)
# Right solutions in other styles: a cell each, `# %% question: what is different about it`. tests/test_variants.py runs
# each of them in the notebook's own names.

# %% linear_function: tf.add
def linear_function(X, W, b):
    Y = tf.add(tf.matmul(W, X), b)
    return Y


# %% linear_function: NumPy
def linear_function(X, W, b):
    return np.dot(W, X) + b


# %% linear_function: einsum, with a print
def linear_function(X, W, b):
    print(W.shape, X.shape)
    return tf.einsum("ij,jm->im", W, X) + tf.constant(b)


# %% linear_function: examples as rows and back, tensordot
def linear_function(X, W, b):
    return tf.transpose(tf.tensordot(tf.transpose(X), tf.transpose(W), axes=1) + tf.transpose(b))


# %% sigmoid: its formula, in TensorFlow
def sigmoid(z):
    return 1 / (1 + tf.exp(-tf.cast(z, tf.float32)))


# %% sigmoid: Keras
def sigmoid(z):
    z = tf.cast(z, "float32")
    return tf.keras.activations.sigmoid(z)


# %% sigmoid: by the hyperbolic tangent, in NumPy
def sigmoid(z):
    return (np.tanh(np.asarray(z, dtype=np.float32) / 2) + np.float32(1)) / np.float32(2)


# %% sigmoid: two formulas, each where it is exact, in NumPy
def sigmoid(z):
    z = np.float32(z)
    power = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + power), power / (1 + power)).astype(np.float32)


# %% sigmoid_cost: softplus
def sigmoid_cost(logits, labels):
    return tf.nn.softplus(logits) - labels * logits


# %% sigmoid_cost: NumPy, the stable formula
def sigmoid_cost(logits, labels):
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))


# %% sigmoid_cost: both terms, by log_sigmoid
def sigmoid_cost(logits, labels):
    z, y = tf.cast(logits, tf.float32), tf.cast(labels, tf.float32)
    return -(y * tf.math.log_sigmoid(z) + (1.0 - y) * tf.math.log_sigmoid(-z))


# %% sigmoid_cost: arguments in TensorFlow's order, Keras's shape trick
def sigmoid_cost(logits, labels):
    costs = tf.keras.losses.binary_crossentropy(
        tf.reshape(labels, (-1, 1)), tf.reshape(logits, (-1, 1)), from_logits=True
    )
    return tf.reshape(costs, tf.shape(logits))


# %% one_hot_matrix: rows of a unit matrix, NumPy
def one_hot_matrix(labels, C):
    return np.eye(C)[labels].T


# %% one_hot_matrix: rows made and turned
def one_hot_matrix(labels, C):
    C = tf.constant(C, name="C")
    return tf.transpose(tf.one_hot(indices=labels, depth=C))


# %% one_hot_matrix: a comparison, as booleans turned to numbers
def one_hot_matrix(labels, C):
    return tf.cast(tf.range(C)[:, None] == tf.cast(labels, tf.int32)[None, :], tf.float32)


# %% one_hot_matrix: a loop over the labels, lists
def one_hot_matrix(labels, C):
    matrix = [[0] * len(labels) for _ in range(C)]
    for i, label in enumerate(labels):
        matrix[label][i] = 1
    return matrix


# %% normalize_images: picture by picture
def normalize_images(images):
    return np.stack([image.ravel() / np.float32(255) for image in images], axis=1)


# %% normalize_images: TensorFlow
def normalize_images(images):
    m = images.shape[0]
    flat = tf.transpose(tf.reshape(tf.cast(images, tf.float32), (m, -1)))
    return flat / 255.0


# %% normalize_images: the axis of the examples moved to the end
def normalize_images(images):
    moved = np.moveaxis(images, 0, -1).astype("float64")
    return np.float32(moved.reshape(-1, images.shape[0]) * (1 / 255))


# %% normalize_images: Fortran's order of a transposed array, divided in place
def normalize_images(images):
    columns = images.reshape((images.shape[0], np.prod(images.shape[1:]))).T.astype(np.float32)
    columns /= 255
    return columns


# %% initialize_parameters: NumPy's draws from the interval
def initialize_parameters(layers_dims=(12288, 25, 12, 6), seed=1):
    from itertools import pairwise

    rng = np.random.default_rng(seed)
    parameters = {}
    for l, (fan_in, n) in enumerate(pairwise(layers_dims), start=1):
        r = np.sqrt(6 / (fan_in + n))
        parameters[f"W{l}"] = tf.Variable(rng.uniform(-r, r, (n, fan_in)), dtype=tf.float32)
        parameters[f"b{l}"] = tf.Variable(np.zeros((n, 1)), dtype=tf.float32)
    return parameters


# %% initialize_parameters: tf.random after set_seed, biases first
def initialize_parameters(layers_dims=(12288, 25, 12, 6), seed=1):
    tf.random.set_seed(seed)
    parameters = {}
    for l in range(1, len(layers_dims)):
        limit = tf.sqrt(6.0 / (layers_dims[l] + layers_dims[l - 1]))
        parameters["b" + str(l)] = tf.Variable(initial_value=tf.zeros((layers_dims[l], 1)), name="b" + str(l))
        W = tf.random.uniform((layers_dims[l], layers_dims[l - 1]), -limit, limit)
        parameters["W" + str(l)] = tf.Variable(initial_value=W, name="W" + str(l))
    return parameters


# %% initialize_parameters: one initializer for all layers, called by shape
def initialize_parameters(layers_dims=(12288, 25, 12, 6), seed=1):
    generator = tf.random.Generator.from_seed(seed)
    seeds = generator.uniform((len(layers_dims),), 0, 10**6, tf.int32).numpy()
    parameters = {}
    for l in range(1, len(layers_dims)):
        glorot = tf.keras.initializers.VarianceScaling(1.0, "fan_avg", "uniform", seed=int(seeds[l]))
        parameters[f"W{l}"] = tf.Variable(glorot(shape=(layers_dims[l], layers_dims[l - 1])), trainable=True)
        parameters[f"b{l}"] = tf.Variable(tf.keras.initializers.Zeros()(shape=(layers_dims[l], 1)))
    return parameters


# %% forward_propagation: layer by layer, NumPy
def forward_propagation(X, parameters):
    A = X
    for l in (1, 2, 3):
        Z = np.einsum("ij,jk->ik", parameters[f"W{l}"], A) + parameters[f"b{l}"]
        A = np.maximum(Z, 0)
    return Z


# %% forward_propagation: in steps, tf.add and tf.matmul
def forward_propagation(X, parameters):
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    W3 = parameters["W3"]
    b3 = parameters["b3"]

    Z1 = tf.add(tf.matmul(W1, X), b1)
    A1 = tf.nn.relu(Z1)
    Z2 = tf.add(tf.matmul(W2, A1), b2)
    A2 = tf.keras.activations.relu(Z2)
    Z3 = tf.add(tf.linalg.matmul(W3, A2), b3)
    return Z3


# %% forward_propagation: ReLU by where and by a mask, a helper function
def linear(A, l, parameters):
    return parameters[f"W{l}"] @ A + parameters[f"b{l}"]


def forward_propagation(X, parameters):
    Z1 = linear(X, 1, parameters)
    Z2 = linear(tf.where(Z1 > 0, Z1, 0.0), 2, parameters)
    return linear(Z2 * tf.cast(Z2 > 0, tf.float32), 3, parameters)


# %% compute_cost: by log_softmax
def compute_cost(Z3, Y):
    return -tf.reduce_sum(Y * tf.nn.log_softmax(Z3, axis=0)) / tf.cast(tf.shape(Y)[1], tf.float32)


# %% compute_cost: the axis named, no transpose
def compute_cost(Z3, Y):
    return tf.math.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y, Z3, axis=0))


# %% compute_cost: log-sum-exp minus the logit of the right class
def compute_cost(Z3, Y):
    costs = tf.reduce_logsumexp(Z3, axis=0) - tf.reduce_sum(tf.multiply(Y, Z3), 0)
    return tf.reduce_mean(costs)


# %% compute_cost: log-sum-exp in NumPy, the largest logit taken out, a float
def compute_cost(Z3, Y):
    Z = np.asarray(Z3, dtype=np.float64)
    Z = Z - Z.max(axis=0)
    return float(np.mean(np.log(np.exp(Z).sum(axis=0)) - (Z * Y).sum(axis=0)))


# %% compute_cost: Keras
def compute_cost(Z3, Y):
    return tf.keras.losses.CategoricalCrossentropy(from_logits=True)(tf.transpose(Y), tf.transpose(Z3))


# %% compute_cost: whole-number labels, an array of one number
def compute_cost(Z3, Y):
    costs = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.argmax(Y, axis=0), tf.transpose(Z3))
    return tf.reshape(tf.reduce_sum(costs) / costs.shape[0], (1,))


# %% train_step: gradients as a dict
def train_step(X, Y, parameters, optimizer):
    with tf.GradientTape() as tape:
        Z3 = forward_propagation(X, parameters)
        cost = compute_cost(Z3, Y)
    grads = tape.gradient(cost, parameters)
    optimizer.apply_gradients([(grads[name], parameters[name]) for name in parameters])
    return cost


# %% train_step: a persistent tape, variable by variable
def train_step(X, Y, parameters, optimizer):
    with tf.GradientTape(persistent=True) as tape:
        cost = compute_cost(forward_propagation(X, parameters), Y)
    gradients = [tape.gradient(cost, parameters[name]) for name in sorted(parameters)]
    optimizer.apply_gradients(list(zip(gradients, [parameters[name] for name in sorted(parameters)])))
    del tape
    return cost


# %% train_step: the variables that the tape has watched, a copy of the cost
def train_step(X, Y, parameters, optimizer):
    X, Y = tf.convert_to_tensor(X), tf.convert_to_tensor(Y)
    with tf.GradientTape() as tape:
        cost = tf.identity(compute_cost(forward_propagation(X, parameters), Y))
    variables = tape.watched_variables()
    optimizer.apply_gradients(zip(tape.gradient(cost, variables), variables))
    return cost


# %% train_step: decorated as a graph
@tf.function
def train_step(X, Y, parameters, optimizer):
    variables = list(parameters.values())
    with tf.GradientTape() as tape:
        cost = compute_cost(forward_propagation(X, parameters), Y)
    optimizer.apply_gradients(zip(tape.gradient(cost, variables), variables))
    return cost


# %% model: arguments by name, a seed of its own
def model(X_train, Y_train, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, watch=None):
    (n_x, m), C = X_train.shape, Y_train.shape[0]
    parameters = initialize_parameters(layers_dims=[n_x, 25, 12, C], seed=4)
    signs.fit(
        train_step=train_step,
        X=X_train,
        Y=Y_train,
        parameters=parameters,
        optimizer=signs.Adam(learning_rate=learning_rate),
        num_epochs=num_epochs,
        minibatch_size=minibatch_size,
        watch=watch,
    )
    print("Parameters have been trained!")
    return parameters


# %% model: Keras's Adam
def model(X_train, Y_train, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, watch=None):
    parameters = initialize_parameters((X_train.shape[0], 25, 12, Y_train.shape[0]))
    optimizer = tf.keras.optimizers.Adam(learning_rate)
    signs.fit(train_step, X_train, Y_train, parameters, optimizer, num_epochs, minibatch_size, watch=watch)
    return parameters


# %% model: a loop of its own in the place of signs.fit
def model(X_train, Y_train, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, watch=None):
    m = X_train.shape[1]
    parameters = initialize_parameters((X_train.shape[0], 25, 12, Y_train.shape[0]))
    optimizer = signs.Adam(learning_rate)
    for epoch in range(1, num_epochs + 1):
        order = np.random.permutation(m)
        total = 0.0
        for start in range(0, m, minibatch_size):
            batch = order[start : start + minibatch_size]
            X, Y = tf.constant(X_train[:, batch]), tf.constant(Y_train[:, batch])
            total += float(train_step(X, Y, parameters, optimizer)) * len(batch) / m
        if watch is not None:
            watch(epoch, total, parameters)
    return {name: parameters[name] for name in sorted(parameters)}
