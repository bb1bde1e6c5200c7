using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Nines.Host.Api;

/// <summary>
/// The buckets of a cloud that has no object store yet: folders <c>ACCOUNT/BUCKET</c> below one that the operator fills, and keys are names of
/// files in them. An account means its own folder whatever it says, and no name leads out of it: links are not followed, wherever they lead.
/// </summary>
/// <param name="directory">The folder of all accounts' buckets; it need not exist.</param>
public sealed partial class BucketFolders(string directory)
{
    private const int MaxKeyBytes = 1024;
    private const int MaxSegmentBytes = 255;
    private const int FileTypes = 0xf000;
    private const int Folder = 0x4000;
    private const int RegularFile = 0x8000;

    /// <summary>Whether a bucket can have the name ("Bucket naming rules" of the S3 user guide).</summary>
    public static bool IsBucketName(string name) => Names().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>Whether a file can have the key: names with slashes between, none of them empty or a way up.</summary>
    public static bool IsKey(string key) => Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes && key.Split('/').All(IsSegment);

    /// <summary>What can stand before a name in a key: nothing, or the beginning of a key.</summary>
    public static bool IsPrefix(string prefix) => prefix.Length == 0 || IsKey(prefix + "x");

    /// <summary>Whether an account has a bucket.</summary>
    public bool Has(string accountId, string bucket) => FolderOf(accountId, bucket) is not null;

    /// <summary>Looks for a file.</summary>
    public BucketFile Find(string accountId, string bucket, string key)
    {
        if (FolderOf(accountId, bucket) is not { } path)
        {
            return new(BucketFileState.NoBucket);
        }

        if (!IsKey(key))
        {
            return new(BucketFileState.Refused);
        }

        var names = key.Split('/');
        foreach (var (index, name) in names.Index())
        {
            path = Path.Combine(path, name);
            var isLast = index == names.Length - 1;
            switch (Look(path))
            {
                case null:
                    return new(BucketFileState.NoKey, isLast ? path : "");
                case { } found when found.Type != (isLast ? RegularFile : Folder):
                    return new(BucketFileState.Refused);
                case { } found when isLast:
                    return new(BucketFileState.Found, path, found.Bytes);
            }
        }

        return new(BucketFileState.Refused);
    }

    /// <summary>Makes the folders that a key needs, so that a file can be made there.</summary>
    /// <returns>Where the file is to lie; <see langword="null"/>: nothing can lie there.</returns>
    public string? Prepare(string accountId, string bucket, string key)
    {
        if (FolderOf(accountId, bucket) is not { } path || !IsKey(key))
        {
            return null;
        }

        var names = key.Split('/');
        foreach (var name in names[..^1])
        {
            path = Path.Combine(path, name);
            if (Look(path) is null)
            {
                Directory.CreateDirectory(path);
            }

            if (Look(path)?.Type != Folder)
            {
                return null;
            }
        }

        return Path.Combine(path, names[^1]);
    }

    private static bool IsSegment(string name) =>
        name is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(name) <= MaxSegmentBytes && !name.Any(char.IsControl);

    private string? FolderOf(string accountId, string bucket)
    {
        var account = Path.Combine(directory, accountId);
        var path = Path.Combine(account, bucket);
        return Accounts().IsMatch(accountId) && IsBucketName(bucket) && Look(account)?.Type == Folder && Look(path)?.Type == Folder ? path : null;
    }

    /// <summary>What lies under a name, itself and not what it links to (statx(2): the layout is the same on every architecture).</summary>
    private static (int Type, long Bytes)? Look(string path)
    {
        const int WorkingDirectory = -100;
        const int NoFollow = 0x100;
        const uint TypeAndSize = 0x201;
        var buffer = new byte[256];
        return Statx(WorkingDirectory, path, NoFollow, TypeAndSize, buffer) == 0
            ? (BitConverter.ToUInt16(buffer, 28) & FileTypes, BitConverter.ToInt64(buffer, 40))
            : null;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex Names();

    [GeneratedRegex(@"^[0-9]{12}\z")]
    private static partial Regex Accounts();
}
