namespace Nines.Host.Api;

/// <summary>Whether there is what a bucket and a key name.</summary>
public enum BucketFileState
{
    /// <summary>A file.</summary>
    Found,

    /// <summary>The account has no such bucket.</summary>
    NoBucket,

    /// <summary>The bucket has nothing of that key.</summary>
    NoKey,

    /// <summary>The key leads out of the bucket, or over a link, or to something that is no file.</summary>
    Refused,
}
