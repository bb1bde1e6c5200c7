namespace Nines.Host.Api;

/// <summary>How far a transfer of a disk is.</summary>
public enum TransferState
{
    /// <summary>It waits for others.</summary>
    Waiting,

    /// <summary>What the file is, and whether it can be taken in, is being found out.</summary>
    Validating,

    /// <summary>The disk is being written in its new format.</summary>
    Converting,

    /// <summary>The disk is where it shall be, whole.</summary>
    Ready,

    /// <summary>It cannot be transferred; the message says why. Nothing is left of it.</summary>
    Failed,

    /// <summary>Nothing is left of it, as was asked.</summary>
    Gone,
}
