namespace Nines.Host.Api;

/// <summary>What a bucket and a key name.</summary>
/// <param name="State">Whether it is there.</param>
/// <param name="Path">Where it lies, or would lie; empty where there can be nothing.</param>
/// <param name="Bytes">Its length.</param>
public readonly record struct BucketFile(BucketFileState State, string Path = "", long Bytes = 0);
