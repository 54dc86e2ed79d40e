# caught by: weights, any_rank, l2_penalty, config, save_and_load, mask, bad_input
# why: the documented answer as it stands: no l2, not registered, no mask, no input checks
import tensorflow as tf

class CustomDenseLayer(tf.keras.layers.Layer):
    """Custom dense layer with optional L2 regularization"""
    
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.use_bias = use_bias
    
    def build(self, input_shape):
        # Create trainable weights
        self.w = self.add_weight(
            name='kernel',
            shape=(input_shape[-1], self.units),
            initializer='glorot_uniform',
            trainable=True
        )
        if self.use_bias:
            self.b = self.add_weight(
                name='bias',
                shape=(self.units,),
                initializer='zeros',
                trainable=True
            )
        super().build(input_shape)
    
    def call(self, inputs):
        output = tf.matmul(inputs, self.w)
        if self.use_bias:
            output = output + self.b
        if self.activation:
            output = self.activation(output)
        return output
    
    def get_config(self):
        config = super().get_config()
        config.update({
            'units': self.units,
            'activation': tf.keras.activations.serialize(self.activation),
            'use_bias': self.use_bias
        })
        return config

# Use custom layer
model = tf.keras.Sequential([
    CustomDenseLayer(64, activation='relu', input_shape=(10,)),
    CustomDenseLayer(32, activation='relu'),
    CustomDenseLayer(1, activation='sigmoid')
])

model.compile(optimizer='adam', loss='binary_crossentropy')
model.summary()
