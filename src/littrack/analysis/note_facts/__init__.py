"""What notes state about models, in labelled blocks and in free sentences, Chinese and English."""
