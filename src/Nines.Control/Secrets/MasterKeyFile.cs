using System.Security.Cryptography;
using Nines.Control.Store;

namespace Nines.Control.Secrets;

/// <summary>The master key on disk, apart from the store, readable by its owner only: a copy of the store alone tells no secret.</summary>
internal static class MasterKeyFile
{
    /// <summary>The file's name in the state directory.</summary>
    public const string Name = "master.key";

    /// <summary>Reads the key, or makes it when there is none yet.</summary>
    /// <exception cref="InvalidDataException">The file is not a key: without the right one the secrets in the store are lost.</exception>
    public static byte[] LoadOrCreate(string stateDirectory, RandomNumberGenerator random)
    {
        var path = Path.Combine(stateDirectory, Name);
        if (!File.Exists(path))
        {
            Create(path, random);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == SecretBox.MasterKeyBytes
            ? key
            : throw new InvalidDataException($"{path} is not a master key of {SecretBox.MasterKeyBytes} bytes. Restore it from a backup.");
    }

    private static void Create(string path, RandomNumberGenerator random)
    {
        var key = new byte[SecretBox.MasterKeyBytes];
        random.GetBytes(key);
        var temporary = $"{path}.new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        // On disk before anything is sealed with it.
        FileSystem.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
