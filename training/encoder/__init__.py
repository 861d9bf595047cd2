"""The encoder: a transformer that reads every mention's roles and the sentence's labels in one pass. Trained with torch, served without it."""
