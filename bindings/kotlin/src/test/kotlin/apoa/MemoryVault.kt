package apoa

import apoa.ffi.VaultException
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A vault in memory, by the JDK's own AES-GCM; [before] runs at each call and may throw. */
class MemoryVault(
    private val before: () -> Unit = {},
) : KeyVault {
    private val keys = ConcurrentHashMap<String, SecretKey>()

    override fun create(alias: String) {
        before()
        keys.computeIfAbsent(alias) { KeyGenerator.getInstance("AES").apply { init(KEY_BITS) }.generateKey() }
    }

    override fun wrap(
        alias: String,
        plain: ByteArray,
    ): ByteArray {
        before()
        val cipher = Cipher.getInstance(GCM).apply { init(Cipher.ENCRYPT_MODE, key(alias)) }
        return cipher.iv + cipher.doFinal(plain)
    }

    override fun unwrap(
        alias: String,
        wrapped: ByteArray,
    ): ByteArray {
        before()
        val nonce = GCMParameterSpec(TAG_BITS, wrapped, 0, NONCE_BYTES)
        val cipher = Cipher.getInstance(GCM).apply { init(Cipher.DECRYPT_MODE, key(alias), nonce) }
        try {
            return cipher.doFinal(wrapped, NONCE_BYTES, wrapped.size - NONCE_BYTES)
        } catch (_: AEADBadTagException) {
            throw VaultException.Lost()
        }
    }

    override fun delete(alias: String) {
        before()
        keys.remove(alias)
    }

    private fun key(alias: String) = keys[alias] ?: throw VaultException.Lost()

    private companion object {
        const val GCM = "AES/GCM/NoPadding"
        const val KEY_BITS = 256
        const val TAG_BITS = 128
        const val NONCE_BYTES = 12
    }
}
