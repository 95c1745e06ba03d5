"""The LArTPC study: from raw ADC to images, features and particle hypotheses."""
