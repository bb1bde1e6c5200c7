namespace Nines.Host.Mirrors;

/// <summary>Which of a mirrored disk's copies hold everything that a guest was told is written.</summary>
internal enum MirrorState
{
    /// <summary>Both, and they are the same: nobody has them open.</summary>
    Clean,

    /// <summary>Both, while a machine writes. If it ends without a word they may differ in what it was about to write.</summary>
    Open,

    /// <summary>The first; the second is lost, or behind.</summary>
    FirstOnly,

    /// <summary>The second; the first is lost, or behind.</summary>
    SecondOnly,
}
