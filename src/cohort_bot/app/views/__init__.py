"""The words: from results to messages. Every sentence that a person reads is here or in the error that they caused."""
